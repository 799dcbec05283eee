import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MimeoError } from '../errors.ts';
import { lookAt } from './place.ts';
import { noRoom, refuseNoRoom, workFolder } from './work-room.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no space left on device, write`), { code, syscall: 'write' });
}

test('a folder that filled up is told as such, also inside an error of ours; other failures stay', () => {
  const inside = new MimeoError('disk-failed', 'part could not be written', { cause: systemError('ENOSPC') });
  for (const error of [systemError('ENOSPC'), systemError('EDQUOT'), inside]) {
    const told = noRoom(error, '/srv/out', 'export-no-room');
    assert.ok(told instanceof MimeoError);
    assert.equal(told.code, 'export-no-room');
    assert.match(told.message, /\/srv\/out is full/);
    assert.match(told.next, /[Ff]ree space/);
  }
  const program = new MimeoError('command-failed', 'qemu-img convert ended with 1: No space left on device');
  assert.match(String(noRoom(program, '/srv/out', 'export-no-room')), /\/srv\/out is full/);
  // A volume that was made too small is no full folder.
  const small = new MimeoError('import-no-room', 'The image did not fit: No space left on device');
  assert.equal(noRoom(small, '/var/tmp', 'import-no-room'), small);
  const other = systemError('EIO');
  assert.equal(noRoom(other, '/srv/out', 'export-no-room'), other);
});

test('a folder that is not there is named, with what to do', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-work-room-'));
  t.after(() => rm(folder, { recursive: true }));
  const missing = join(folder, 'missing');
  const words = { code: 'export-no-room', message: `There is no folder ${missing}.`, next: /Make it/ };
  await assert.rejects(refuseNoRoom(missing, 1, 'export-no-room'), words);
  await assert.rejects(workFolder(missing, 1), { ...words, code: 'import-no-room' });
  await assert.rejects(refuseNoRoom(folder, 2 ** 60), {
    message: /MiB free, and 1099511627776 MiB are needed/,
  });
});

test('a path with nothing there is told without the words of the system', async () => {
  const signal = AbortSignal.timeout(1000);
  await assert.rejects(lookAt('/nowhere/win7', signal), {
    code: 'import-unknown',
    message: 'There is no file or folder /nowhere/win7.',
    next: /slip in the path/,
  });
});
