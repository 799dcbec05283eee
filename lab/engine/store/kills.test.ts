import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';

test('a store whose process is killed thirty times keeps every committed image whole', async (t) => {
  const { stdout } = await run([process.execPath, join(import.meta.dirname, 'run-kills.ts'), '30']);
  t.diagnostic(stdout.toString().trim());
});
