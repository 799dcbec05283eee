import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';

/** A part of the steps each time; `npm run torture` takes them all. */
const RANDOM = '1';
const STRIDE = '6';

test('whenever the power goes, and whatever was not synced is lost, every committed image is whole', async (t) => {
  const program = join(import.meta.dirname, 'run-power-cuts.ts');
  const { stdout } = await run([process.execPath, program, RANDOM, STRIDE]);
  t.diagnostic(stdout.toString().trim());
});
