import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';

/** Measures its own terminal again and again, and says how many files it has open before, with it and afterwards. */
const PROGRAM = `
  import { readdirSync } from 'node:fs';
  const { openTerminal } = await import(process.env.SOURCE);
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  const terminal = openTerminal('/dev/tty', 'screen');
  const sizes = Array.from({ length: 30 }, () => terminal.size());
  const during = open();
  terminal.close();
  console.log('FILES ' + JSON.stringify({ before, during, after: open(), size: sizes.at(-1) }));
`;

const skip = existsSync('/usr/bin/script') ? false : 'not installed: script';

test('a terminal that is measured for days, and closed, leaves no file open', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-tty-'));
  t.after(() => rm(folder, { recursive: true }));
  const program = join(folder, 'program.mjs');
  await writeFile(program, PROGRAM);
  const source = new URL('./terminal.ts', import.meta.url).href;
  const { stdout } = await run(
    ['script', '--quiet', '--return', '--command', 'exec "$NODE" "$PROGRAM"', '/dev/null'],
    { env: { NODE: process.execPath, PROGRAM: program, SOURCE: source } },
  );
  const told = /FILES (\{.*\})/.exec(stdout.toString())?.[1] ?? assert.fail(stdout.toString());
  const { before, during, after, size } = JSON.parse(told);
  // The streams' own, and what they keep for the keyboard.
  assert.ok(during - before < 10, told);
  assert.ok(after <= before + 3, told);
  assert.deepEqual(Object.keys(size), ['columns', 'rows']);
});
