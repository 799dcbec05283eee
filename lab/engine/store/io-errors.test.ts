import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';

/** A part of the calls each time; `npm run torture` takes them all. */
const STRIDE = 300;

test('whatever call of the disk fails, no committed image is lost, and the store says so in its own words', async (t) => {
  const program = join(import.meta.dirname, 'run-io-errors.ts');
  const { stdout } = await run([process.execPath, program, `${randomInt(STRIDE)}`, `${STRIDE}`]);
  t.diagnostic(stdout.toString().trim());
});
