import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../image/index.ts';
import { recogniseFilesystem, SNIFF_BYTES } from './filesystem.ts';
import { volumeLabel } from './volume-label.ts';

test('a label of any length fits an index, and is text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
      const label = volumeLabel(text);
      assert.ok(Buffer.byteLength(label) <= LIMITS.label && label.isWellFormed());
      if (Buffer.byteLength(text) <= LIMITS.label && text.isWellFormed()) assert.equal(label, text);
    }),
  );
  assert.equal(volumeLabel('大'.repeat(200)), '大'.repeat(170));
});

test('the longest labels of F2FS and Btrfs fit an index', () => {
  const f2fs = Buffer.alloc(SNIFF_BYTES);
  f2fs.write('\x10\x20\xf5\xf2', 0x400, 'latin1');
  f2fs.write('大'.repeat(512), 0x47c, 'utf16le');
  assert.equal(recogniseFilesystem(f2fs).label, '大'.repeat(170));
  const btrfs = Buffer.alloc(SNIFF_BYTES);
  btrfs.write('_BHRfS_M', 0x10040, 'latin1');
  btrfs.fill(0xe9, 0x1012b, 0x1012b + 255);
  const { filesystem, label } = recogniseFilesystem(btrfs);
  assert.equal(filesystem, 'btrfs');
  assert.ok(label.length > 100 && Buffer.byteLength(label) <= LIMITS.label);
});
