import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../../command.ts';
import { runForTest } from '../testing/run.ts';

/** What bash offers after these words; the last one is being typed. */
async function offered(script: string, words: readonly string[]): Promise<string[]> {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mimeo; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run(['bash', '-c', `${script}\n${ask}`, 'bash', ...words]);
  return stdout.toString().trim().split('\n');
}

test('bash completes commands, their commands, and options', async () => {
  const { out } = await runForTest(['completion', 'bash']);
  assert.deepEqual(await offered(out, ['mimeo', 'ho']), ['host']);
  assert.deepEqual(await offered(out, ['mimeo', 'host', 's']), ['show']);
  assert.deepEqual(await offered(out, ['mimeo', 'host', 'list', '--l']), ['--lab']);
  assert.deepEqual(await offered(out, ['mimeo', 'deploy', 'lab-3', '--w']), ['--wait']);
  assert.deepEqual(await offered(out, ['mimeo', '--json', 'deployment', 're']), ['retry']);
});
