import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HiveBuilder } from '../hive/build-hive.fixture.ts';
import { readHive } from '../hive/hive.ts';
import { dwordData, textData } from '../registry-data.ts';
import type { RegistryOperation } from '../registry-operation.ts';
import { anyOperations } from '../sample-operations.fixture.ts';
import { diffStates } from './diff-states.ts';
import { mergeOperations } from './merge-operations.ts';
import { applyOperations, type RegistryState, stateOf, stateOfHiveKey } from './registry-state.ts';

/** What matters of a state: folded names and data. The roots themselves are always there. */
function facts(state: RegistryState): unknown {
  const keys = [...state].filter(([path]) => path.includes('\\'));
  return new Map(
    keys.map(([path, { values }]) => [path, new Map([...values].map(([name, { data }]) => [name, data]))]),
  );
}

test('a key that is deleted goes with all below it, and a value brings its keys', () => {
  const state = stateOf([
    { kind: 'set-value', key: 'HKEY_USERS\\a\\b', name: 'v', data: dwordData(1) },
    { kind: 'set-value', key: 'HKEY_USERS\\ab', name: 'v', data: dwordData(1) },
    { kind: 'delete-value', key: 'HKEY_USERS\\c', name: 'v' },
    { kind: 'delete-key', key: 'hkey_users\\A' },
    { kind: 'set-value', key: 'HKEY_USERS\\AB', name: 'V', data: dwordData(2) },
  ]);
  assert.deepEqual([...state.keys()], ['HKEY_USERS', 'HKEY_USERS\\AB', 'HKEY_USERS\\C']);
  assert.deepEqual(state.get('HKEY_USERS\\AB'), {
    key: 'HKEY_USERS\\ab',
    values: new Map([['V', { name: 'v', data: dwordData(2) }]]),
  });
});

test('the difference of two states leads from one to the other, and of equal ones is nothing', () => {
  fc.assert(
    fc.property(anyOperations, anyOperations, (first, second) => {
      const from = stateOf(first);
      const to = stateOf(second);
      const difference = diffStates(from, to);
      assert.deepEqual(facts(applyOperations(from, difference)), facts(to));
      assert.deepEqual(diffStates(to, to), []);
      assert.deepEqual(diffStates(applyOperations(from, difference), to), []);
    }),
    { numRuns: 200 },
  );
});

test('merged files do what they would do one after the other, wherever they meet', () => {
  fc.assert(
    fc.property(anyOperations, anyOperations, anyOperations, (before, first, second) => {
      const state = stateOf(before);
      const merged = mergeOperations([first, second]);
      assert.deepEqual(
        facts(applyOperations(state, merged)),
        facts(applyOperations(applyOperations(state, first), second)),
      );
      assert.ok(merged.length <= first.length + second.length);
      assert.deepEqual(mergeOperations([merged]), merged);
    }),
    { numRuns: 200 },
  );
});

test('the later file wins', () => {
  const key = 'HKEY_USERS\\x';
  const set = (value: string): RegistryOperation => ({
    kind: 'set-value',
    key,
    name: 'v',
    data: textData(value),
  });
  assert.deepEqual(
    mergeOperations([[set('1')], [{ ...set('2'), name: 'V' } as RegistryOperation]]).length,
    1,
  );
  assert.deepEqual(mergeOperations([[set('1')], [{ kind: 'delete-key', key }], [set('3')]]), [
    { kind: 'delete-key', key },
    set('3'),
  ]);
});

test('what was made with a key that is deleted later stays', () => {
  const key = 'HKEY_USERS\\a\\b\\c';
  assert.deepEqual(mergeOperations([[{ kind: 'ensure-key', key }], [{ kind: 'delete-key', key }]]), [
    { kind: 'delete-key', key },
    { kind: 'ensure-key', key: 'HKEY_USERS\\a\\b' },
  ]);
});

test('the same bytes of another type are another value', () => {
  const set = (type: number): RegistryOperation => ({
    kind: 'set-value',
    key: 'HKEY_USERS\\x',
    name: 'v',
    data: { ...dwordData(1), type },
  });
  assert.deepEqual(diffStates(stateOf([set(3)]), stateOf([set(4)])), [set(4)]);
});

test('a hive is compared with a file', () => {
  const bytes = new HiveBuilder().build({
    name: 'ROOT',
    subkeys: [
      { name: 'School', values: [{ name: 'Room', data: textData('101') }], subkeys: [{ name: 'Empty' }] },
    ],
  });
  const state = stateOfHiveKey(readHive(bytes).root, 'HKEY_LOCAL_MACHINE\\SOFTWARE');
  const wanted = applyOperations(state, [
    { kind: 'set-value', key: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\SCHOOL', name: 'ROOM', data: textData('102') },
    { kind: 'delete-key', key: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\School\\Empty' },
  ]);
  assert.deepEqual(diffStates(state, wanted), [
    { kind: 'delete-key', key: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\School\\Empty' },
    { kind: 'set-value', key: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\School', name: 'Room', data: textData('102') },
  ]);
});
