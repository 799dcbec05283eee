import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const PROGRAM = `
import { processTerminal } from ${JSON.stringify(join(import.meta.dirname, 'terminal.ts'))};
const stop = new AbortController();
process.on('SIGINT', () => stop.abort(new Error('stopped')));
try {
  console.log('answer:', await processTerminal().ask('Name? ', stop.signal));
} catch (error) {
  console.log('threw:', error.name, error.message);
}
`;

for (const [key, typed, expected] of [
  ['a line', 'PC-07 \r', /answer: PC-07\s/],
  ['Ctrl-C', '\u0003', /threw: Error stopped/],
  ['Ctrl-D', '\u0004', /threw: Interrupted interrupted/],
] as const) {
  test(`a question at the terminal, answered by ${key}`, {
    skip: existsSync('/usr/bin/script') ? false : 'no script(1), which makes a terminal',
  }, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'mimeo-terminal-'));
    t.after(() => rm(folder, { recursive: true }));
    const program = join(folder, 'ask.mjs');
    await writeFile(program, PROGRAM);
    const child = spawn('script', ['-qec', `"${process.execPath}" "${program}"`, '/dev/null']);
    let out = '';
    child.stdout.on('data', (bytes: Buffer) => {
      if (!out.includes('Name?') && (out + bytes.toString()).includes('Name?')) child.stdin.write(typed);
      out += bytes.toString();
    });
    await once(child, 'close');
    assert.match(out, expected);
  });
}
