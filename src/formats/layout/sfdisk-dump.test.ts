import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DiskLayout } from '../../image/index.ts';
import { hidesGpt, parseSfdiskDump } from './sfdisk-dump.ts';
import { attributeBits, attributeWords, quotedText, textOf } from './sfdisk-values.ts';
import { writeSfdiskDump } from './write-sfdisk-dump.ts';

const GPT = `label: gpt
label-id: E1D5A0C4-0F4B-4C3B-9B0E-6D0B3C1F2A55
device: /dev/nvme0n1
unit: sectors
first-lba: 34
last-lba: 1000215182
sector-size: 512

/dev/nvme0n1p1 : start=        2048, size=      204800, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=11111111-2222-3333-4444-555555555555, name="EFI system partition", attrs="GUID:63"
/dev/nvme0n1p3 : start=      239616, size=   998000000, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, uuid=AAAAAAAA-2222-3333-4444-555555555555, name="a, \\x22b\\x22=c", attrs="RequiredPartition GUID:60,62"
`;

test('a GPT, with names that could confuse', () => {
  const dump = parseSfdiskDump(GPT, 'sda-pt.sf');
  assert.equal(dump.table, 'gpt');
  assert.equal(dump.lastUsable, 1_000_215_182);
  assert.equal(dump.diskId, 'E1D5A0C4-0F4B-4C3B-9B0E-6D0B3C1F2A55');
  assert.deepEqual(
    dump.partitions.map(({ number, gpt }) => [number, gpt?.name, gpt?.attributes]),
    [
      [1, 'EFI system partition', '8000000000000000'],
      [3, 'a, "b"=c', '5000000000000001'],
    ],
  );
});

test('what an sfdisk before 2.26 wrote, with its empty lines of the table', () => {
  const text = `# partition table of /dev/sda
unit: sectors

/dev/sda1 : start=     2048, size=   409600, Id= 7, bootable
/dev/sda2 : start=   411648, size= 41531392, Id= f
/dev/sda3 : start=        0, size=        0, Id= 0
/dev/sda5 : start=   413696, size= 41529344, Id=83
`;
  const dump = parseSfdiskDump(text, 'sda-pt.sf');
  assert.equal(dump.diskId, null);
  assert.deepEqual(
    dump.partitions.map(({ number, type, active, startByte }) => [number, type, active, startByte / 512]),
    [
      [1, '07', true, 2048],
      [2, '0F', false, 411_648],
      [5, '83', false, 413_696],
    ],
  );
  assert.equal(hidesGpt(dump), false);
  assert.equal(hidesGpt(parseSfdiskDump('/dev/sda1 : start= 1, size= 99, Id=ee\n', 'x')), true);
});

test('what is no such text is refused with its line', () => {
  for (const text of [
    '',
    'hello',
    GPT.replace('size=', 'sice='),
    GPT.replace(/uuid=1{8}/, 'uuid=1'),
    'label: gpt',
    GPT.replace('E1D5', 'E1DX'),
    GPT.replace(/label-id.*\n/, ''),
    GPT.replace('last-lba: 1', 'last-lba: -'),
    GPT.replace('last-lba: 1', 'last-lba: 999999'),
    GPT.replace(/204800(.|\n)*?start=/, '204800, start='),
    GPT.replace('start=        2048', 'start='),
    GPT.replace('start=        2048', 'start=0x800'),
    GPT.replace('/dev/nvme0n1p3 :', '/dev/nvme0n1p :'),
    GPT.replace('/dev/nvme0n1p3 : start=', '\0\0\0'),
    'label: dos\nlabel-id: 0x12g45678\n/dev/sda1 : start=1, size=99, type=7\n',
  ]) {
    assert.throws(() => parseSfdiskDump(text, 'sda-pt.sf'), {
      code: 'import-damaged',
      message: /^sda-pt\.sf/,
    });
  }
  assert.throws(() => parseSfdiskDump(GPT.replace('size=   998000000', 'size=many'), 'f'), {
    message: new RegExp(`byte ${GPT.indexOf('/dev/nvme0n1p3')}`),
  });
});

test('any text is read or refused, never worse', () => {
  const words = fc.constantFrom(...GPT.split(/(?<=[ =,:\n"])/), 'label: dos\n', 'Id=7', '\\x', '-1', '1e99');
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 60 }), (parts) => {
      try {
        parseSfdiskDump(parts.join(''), 'f');
      } catch (error) {
        assert.ok(
          error instanceof Error && 'code' in error && error.code === 'import-damaged',
          String(error),
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('what is written is read again', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.trim());
  fc.assert(
    fc.property(
      name,
      fc.bigInt({ min: 0n, max: 2n ** 16n - 1n }),
      fc.constantFrom(512, 4096),
      (text, top, sector) => {
        assert.equal(textOf(quotedText(text)), text);
        const attributes = ((top << 48n) | (top & 7n)).toString(16).padStart(16, '0').toUpperCase();
        assert.equal(attributeBits(attributeWords(attributes)), attributes);
        const layout: DiskLayout = {
          table: 'gpt',
          diskBytes: 2 ** 30,
          sectorBytes: sector,
          diskId: 'E1D5A0C4-0F4B-4C3B-9B0E-6D0B3C1F2A55',
          bootCode: Buffer.alloc(440),
          partitions: [
            {
              number: 2,
              startByte: 2 ** 20,
              lengthBytes: 2 ** 25,
              type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
              active: false,
              gpt: { id: '11111111-2222-3333-4444-555555555555', name: text, attributes },
            },
          ],
        };
        const dump = parseSfdiskDump(writeSfdiskDump(layout, '/dev/nvme0n1'), 'f');
        assert.deepEqual(dump.partitions, layout.partitions);
        assert.deepEqual([dump.diskId, dump.sectorBytes, dump.table], [layout.diskId, sector, 'gpt']);
      },
    ),
    // A name may hold Unicode's own line ends.
    { numRuns: 100, examples: [['a\u2028b', 0n, 512]] },
  );
});
