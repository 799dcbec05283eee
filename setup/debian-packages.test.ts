import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { missingPackages, noServicesWhile, packagesFor } from './debian-packages.mjs';

test('what dpkg does not know, or knows as removed, is missing', () => {
  const packages = ['here', 'gone', 'unknown'].map((name) => ({ name, why: 'so' }));
  const missing = missingPackages(packages, () => 'here installed\ngone config-files\n');
  assert.deepEqual(
    missing.map(({ name }) => name),
    ['gone', 'unknown'],
  );
});

test('the real dpkg says the same of packages that every Debian has or none', () => {
  const packages = ['dpkg', 'mimeo-has-no-such-package'].map((name) => ({ name, why: 'so' }));
  assert.deepEqual(
    missingPackages(packages).map(({ name }) => name),
    ['mimeo-has-no-such-package'],
  );
});

test('every package has its reason, and comes once for several purposes', () => {
  const packages = packagesFor(['server', 'bootEnvironment', 'lab']);
  assert.ok(packages.length > 10);
  assert.ok(packages.every(({ name, why }) => /^[a-z0-9][a-z0-9.+-]+$/.test(name) && why.length > 5));
  assert.equal(new Set(packages.map(({ name }) => name)).size, packages.length);
});

test('new packages start no services while their installer lives, and may again when it was killed', () => {
  const gone = spawnSync('true').pid;
  const ask = (pid: number) => spawnSync('sh', ['-s'], { input: noServicesWhile(pid) }).status;
  assert.deepEqual([ask(process.pid), ask(gone)], [101, 0]);
});
