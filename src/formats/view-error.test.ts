import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../errors.ts';
import { ofImport } from './view-error.ts';

test('what could not be read in a view is damage of the file that was named', () => {
  const told = ofImport(
    new MimeoError('disk-failed', '/tmp/v/disk: read at byte 7 failed.'),
    '/tmp/v/disk',
    'a.vmdk',
  );
  assert.ok(told instanceof MimeoError);
  assert.deepEqual([told.code, told.message], ['import-damaged', 'a.vmdk: read at byte 7 failed.']);
  assert.match(told.next, /import/);
});

test('other errors keep their code and advice, and a disk that was named itself its failure', () => {
  const dirty = new MimeoError('volume-dirty', 'Partition 1 of /tmp/v/disk is dirty.', { next: 'Do this.' });
  const told = ofImport(dirty, '/tmp/v/disk', 'a.vmdk');
  assert.ok(told instanceof MimeoError);
  assert.deepEqual(
    [told.code, told.message, told.next],
    ['volume-dirty', 'Partition 1 of a.vmdk is dirty.', 'Do this.'],
  );
  const failed = new MimeoError('disk-failed', '/dev/sda: read at byte 7 failed.');
  assert.equal(ofImport(failed, '/dev/sda', '/dev/sda'), failed);
  const full = new MimeoError('store-full', 'No room.');
  assert.equal(ofImport(full, '/tmp/v/disk', 'a.vmdk'), full);
});
