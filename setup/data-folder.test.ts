import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { dataArgument, dataFolder } from './data-folder.mjs';
import { projectFolder } from './project.mjs';

test('asked for, else the environment, else the default of root or of anybody else', () => {
  assert.equal(dataFolder('x', { MIMEO_DATA: '/y' }), resolve('x'));
  assert.equal(dataFolder(undefined, { MIMEO_DATA: '/y' }), '/y');
  const byDefault = process.getuid?.() === 0 ? '/var/lib/mimeo' : join(projectFolder, 'data');
  assert.equal(dataFolder(undefined, {}), byDefault);
});

test('--data is found in both spellings', () => {
  assert.equal(dataArgument(['--http-port', '1', '--data', '/x']), '/x');
  assert.equal(dataArgument(['--data=/x']), '/x');
  assert.equal(dataArgument(['--database', '/x']), undefined);
});
