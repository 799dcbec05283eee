import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostRow } from '../db/index.ts';
import { ChunkTableBuilder, type DiskImage, type ImageIndex } from '../image/index.ts';
import type { InventoryMessage } from '../protocol/index.ts';
import { type DiskWish, diskWords, planWords } from './disk-demand.ts';

const MIB = 1_048_576;
const GIB = 1024 * MIB;
const BASIC = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
const RECOVERY = 'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC';

/** Windows of 40 GiB and its recovery partition, no chunks. */
function windows(diskBytes = 64 * GIB): DiskImage {
  const parts = [
    { number: 1, startByte: MIB, lengthBytes: 40 * GIB, type: BASIC, label: 'Windows' },
    { number: 2, startByte: MIB + 40 * GIB, lengthBytes: GIB, type: RECOVERY, label: '' },
  ];
  return {
    layout: {
      table: 'gpt',
      diskBytes,
      sectorBytes: 512,
      diskId: '00000000-0000-0000-0000-000000000001',
      bootCode: new Uint8Array(440),
      partitions: parts.map(({ number, startByte, lengthBytes, type }) => ({
        number,
        startByte,
        lengthBytes,
        type,
        active: false,
        gpt: { id: `00000000-0000-0000-0001-00000000000${number}`, name: '', attributes: '0'.repeat(16) },
      })),
    },
    regions: parts.map(({ number, startByte, lengthBytes, label }) => ({
      kind: 'partition',
      partition: number,
      filesystem: 'ntfs',
      label,
      startByte,
      lengthBytes,
      chunks: new ChunkTableBuilder().build(),
    })),
  };
}

function indexOf(...[boot = windows(), ...otherDisks]: DiskImage[]): ImageIndex {
  return { name: 'win11', version: 1, createdAt: '2026-01-01T00:00:00Z', notes: '', ...boot, otherDisks };
}

type Disk = InventoryMessage['disks'][number];

function disk(device: string, gib: number, more: Partial<Disk> = {}): Disk {
  const model = 'Samsung SSD 870';
  return {
    device,
    sizeBytes: gib * GIB,
    sectorBytes: 512,
    model,
    serial: null,
    transport: 'sata',
    removable: false,
    ...more,
  };
}

/** As the database has it: what is asked here reads the inventory alone. */
function host(...disks: Disk[]): HostRow {
  return { inventory: JSON.stringify({ disks }) } as HostRow;
}

const data = {
  kind: 'gpt' as const,
  partitions: [
    {
      number: 5,
      startByte: 100 * GIB,
      lengthBytes: 50 * GIB,
      type: BASIC,
      active: false,
      label: 'DATA',
      gpt: { id: 'A', name: 'Schuldaten' },
    },
  ],
};

test('the plan for a host whose disk is known: what grows, what moves, what Windows needs', () => {
  const words = planWords(host(disk('/dev/sda', 256)), indexOf());
  assert.deepEqual(words.slice(0, 2), [
    'partition 1 (Windows, NTFS) grows from 42.9 GB to 273.8 GB',
    'partition 2 (recovery, NTFS) moves to the end',
  ]);
  assert.match(words[2] ?? '', /reagentc/);
  assert.equal(diskWords(host(disk('/dev/sda', 256)), indexOf()), '/dev/sda Samsung SSD 870, 274.9 GB');
});

test('a host that was never seen has no plan and is not refused', () => {
  const unseen = { inventory: null } as HostRow;
  assert.deepEqual([planWords(unseen, indexOf()), diskWords(unseen, indexOf())], [[], null]);
});

test('what is kept is in the plan where the host told its table, and left to the host where not', () => {
  const wish: DiskWish = { keep: ['data'] };
  assert.deepEqual(planWords(host(disk('/dev/sda', 256, { table: data })), indexOf(), wish).slice(0, 3), [
    'partition 1 (Windows, NTFS) grows from 42.9 GB to 106.3 GB',
    'partition 2 (recovery, NTFS) moves back',
    'partition 5 (DATA) of this disk is kept, 53.7 GB',
  ]);
  assert.deepEqual(planWords(host(disk('/dev/sda', 256)), indexOf(), wish).slice(0, 1), [
    'whether data can be kept is seen at the host, before it writes',
  ]);
});

const refusals: [string, HostRow, DiskWish, string][] = [
  ['too small', host(disk('/dev/sda', 32)), {}, 'disk-too-small'],
  ['4Kn', host(disk('/dev/sda', 256, { sectorBytes: 4096 })), {}, 'sector-size-differs'],
  ['two disks', host(disk('/dev/sda', 256), disk('/dev/sdb', 256)), {}, 'which-disk'],
  ['no such disk', host(disk('/dev/sda', 256)), { rule: { transport: 'nvme' } }, 'no-disk'],
  ['nothing to keep', host(disk('/dev/sda', 256, { table: data })), { keep: ['HOME'] }, 'keep-missing'],
  [
    'no room for it',
    host(
      disk('/dev/sda', 152, {
        table: {
          ...data,
          partitions: data.partitions.map((one) => ({ ...one, startByte: 20 * GIB, lengthBytes: 100 * GIB })),
        },
      }),
    ),
    { keep: ['DATA'] },
    'keep-impossible',
  ],
];
for (const [what, row, wish, code] of refusals) {
  test(`refused before anything is ordered: ${what}`, () => {
    assert.throws(() => planWords(row, indexOf(), wish), { code });
  });
}

test('a rule chooses among several, and each disk of an image is named', () => {
  const both = host(disk('/dev/sda', 256), disk('/dev/sdb', 512, { model: 'WD Blue' }));
  assert.equal(
    diskWords(both, indexOf(), { rule: { maxBytes: 300e9 } }),
    '/dev/sda Samsung SSD 870, 274.9 GB',
  );
  const two = indexOf(windows(), windows(480 * GIB));
  assert.equal(diskWords(both, two), '/dev/sda Samsung SSD 870, 274.9 GB and /dev/sdb WD Blue, 549.8 GB');
  const words = planWords(both, two);
  assert.ok(
    words.includes('/dev/sda Samsung SSD 870, 274.9 GB') && words.includes('/dev/sdb WD Blue, 549.8 GB'),
  );
});
