import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../../errors.ts';
import { dwordData, type RegistryData, textData } from '../registry-data.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import { diffStates } from '../state/diff-states.ts';
import { applyOperations, stateOf } from '../state/registry-state.ts';
import { hivexshCommands } from './hivexsh-commands.ts';

const ROOT = 'HKEY_LOCAL_MACHINE\\SYSTEM';
const from = stateOf([
  { kind: 'set-value', key: `${ROOT}\\Select`, name: 'Current', data: dwordData(1) },
  { kind: 'ensure-key', key: `${ROOT}\\Old\\Deep` },
]);

function commands(...operations: RegistryOperation[]): string[] {
  const to = applyOperations(from, operations);
  return hivexshCommands(ROOT, diffStates(from, to), from, to).trimEnd().split('\n');
}

test('keys are deleted and made from the top, and all values of a key are set at once', () => {
  assert.deepEqual(
    commands(
      { kind: 'set-value', key: `${ROOT}\\Select`, name: '', data: textData('ü') },
      {
        kind: 'set-value',
        key: `${ROOT}\\Select`,
        name: 'x',
        data: { type: 0x8000_0001, bytes: Buffer.alloc(0) },
      },
      { kind: 'delete-key', key: `${ROOT}\\Old` },
      { kind: 'ensure-key', key: `${ROOT}\\New\\Room [1]` },
      { kind: 'set-value', key: `${ROOT}\\New\\Room [1]`, name: 'a', data: textData('') },
      { kind: 'set-value', key: `${ROOT}\\New\\Room [1]`, name: 'b', data: textData('') },
    ),
    [
      'cd \\Old',
      'del',
      'cd \\Select',
      'setval 3',
      'Current',
      'hex:4:01,00,00,00',
      '@',
      'hex:1:fc,00,00,00',
      'x',
      'hex:2147483649:',
      'cd \\',
      'add New',
      'cd \\New',
      'add Room [1]',
      'cd \\New\\Room [1]',
      'setval 2',
      'a',
      'hex:1:00,00',
      'b',
      'hex:1:00,00',
      'commit',
    ],
  );
});

test('what its lines cannot say is refused', () => {
  const set = (name: string, data: RegistryData = dwordData(1)): RegistryOperation => ({
    kind: 'set-value',
    key: `${ROOT}\\Select`,
    name,
    data,
  });
  for (const [operation, words] of [
    [set('@'), /called @/],
    [set('a\nb'), /no text of one line/],
    [set('\ud800'), /no text of one line/],
    [set('x', { type: 3, bytes: Buffer.alloc(2700) }), /has 2700 bytes, too many/],
    [{ kind: 'ensure-key', key: `${ROOT}\\x ` }, /a blank at an end/],
  ] as const) {
    assert.throws(
      () => commands(operation),
      (error) =>
        error instanceof MimeoError && error.code === 'hive-not-written' && words.test(error.message),
      String(words),
    );
  }
});
