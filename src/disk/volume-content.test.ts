import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Volume, volumeContent } from './volume-content.ts';

function volumeOf(bytes: Buffer): Volume {
  const read = (offset: number, length: number): Promise<Buffer> =>
    Promise.resolve(bytes.subarray(offset, offset + length));
  return { read, lengthBytes: bytes.length, name: 'partition 3 of /dev/sda' };
}

test('a volume that is refused is named, whoever refuses it', async () => {
  const ntfs = Buffer.alloc(200_000);
  ntfs.write('NTFS    ', 3, 'latin1');
  ntfs.writeUInt16LE(0xaa55, 510);
  await assert.rejects(volumeContent(volumeOf(ntfs)), {
    code: 'volume-damaged',
    message: 'Partition 3 of /dev/sda: The boot sector of the NTFS volume makes no sense.',
    next: /chkdsk/,
  });
  const swap = Buffer.alloc(200_000);
  swap.write('S1SUSPEND\0', 4096 - 10, 'latin1');
  await assert.rejects(volumeContent(volumeOf(swap)), {
    code: 'volume-hibernated',
    message: /^The Linux of the master did not shut down: .* in partition 3 of \/dev\/sda\.$/,
  });
});
