import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FitPlan, type FitRequest, MIB, type PresentTable } from './fit-types.ts';
import { planFit } from './plan-fit.ts';
import { EFI, GIB, guid, imageOf, LINUX, type Part } from './test-support/images.ts';

const windows: Part[] = [
  { start: MIB, length: 100 * MIB, type: EFI, filesystem: 'fat' },
  { start: 101 * MIB, length: 40 * GIB, label: 'Windows', used: 20 * GIB },
];
const image = imageOf('gpt', windows);
const DISK = 200 * GIB;
const target = { device: '/dev/sda', sizeBytes: DISK, sectorBytes: 512 };

/** The target's table, with the labels of its partitions; GPT ids of its own. */
function present(table: 'mbr' | 'gpt', parts: Part[]): PresentTable {
  const { layout } = imageOf(table, parts, { diskBytes: DISK });
  const partitions = layout.partitions.map((one) => ({
    ...one,
    gpt: one.gpt && { ...one.gpt, id: guid(900 + one.number), name: `name ${one.number}` },
  }));
  const labels = new Map(parts.map((part, i): [number, string] => [part.number ?? i + 1, part.label ?? '']));
  return { layout: { ...layout, partitions }, labels };
}

const oldDisk = present('gpt', [
  ...windows,
  { start: 120 * GIB, length: 50 * GIB, type: LINUX, filesystem: 'ext', label: 'DATA', number: 7 },
]);

function plan(more: Partial<FitRequest>): FitPlan {
  return planFit({ image, target, present: oldDisk, ...more });
}

for (const wish of ['DATA', 'data', '7', 'name 7']) {
  test(`a partition called ${wish} stays where it is with its number and ids`, () => {
    const kept = plan({ keep: [wish] });
    const [, system, data] = kept.layout.partitions;
    assert.deepEqual(data, oldDisk.layout.partitions[2]);
    assert.deepEqual(kept.kept, [data]);
    assert.deepEqual([...kept.unwritten], []);
    assert.equal(system && system.startByte + system.lengthBytes, 120 * GIB, 'Windows grows up to it');
    assert.deepEqual(kept.words, [
      'partition 2 (Windows, NTFS) grows from 42.9 GB to 128.7 GB',
      'partition 7 (DATA) of this disk is kept, 53.7 GB',
    ]);
  });
}

test('the image has the same partition: it is not written', () => {
  const both = imageOf('gpt', [
    ...windows,
    { start: 60 * GIB, length: 10 * GIB, type: LINUX, filesystem: 'ext', label: 'data', number: 3 },
  ]);
  const kept = plan({ image: both, keep: ['DATA'] });
  assert.deepEqual([...kept.unwritten], [3]);
  assert.deepEqual(
    kept.layout.partitions.map(({ number }) => number),
    [1, 2, 7],
  );
  assert.ok(kept.words.includes('partition 3 (data, ext) of the image is not written'));
  const same = present('gpt', [...windows, { start: 60 * GIB, length: 80 * GIB, label: 'DATA', number: 3 }]);
  const inPlace = plan({ image: both, present: same, keep: ['3'] });
  assert.deepEqual([[...inPlace.unwritten], inPlace.layout.partitions[2]], [[3], same.layout.partitions[2]]);
});

test('partitions of the image go around what is kept', () => {
  const early = present('gpt', [{ start: GIB, length: 50 * GIB, label: 'DATA', number: 9 }]);
  const { layout, words } = plan({ present: early, keep: ['DATA'] });
  assert.equal(layout.partitions[0]?.startByte, MIB, 'the EFI partition stays');
  assert.equal(layout.partitions[1]?.startByte, 51 * GIB);
  assert.match(words.join('; '), /partition 2 .* moves to the end; partition 2 .* grows/);
});

const refusals: [string, Partial<FitRequest>, string, RegExp][] = [
  ['no table', { keep: ['DATA'], present: null }, 'keep-missing', /has no partition table/],
  [
    'no such partition',
    { keep: ['HOME'] },
    'keep-missing',
    /no partition HOME .* it has: 1 .*; 7 DATA name 7/,
  ],
  [
    'two of that name',
    {
      keep: ['D'],
      present: present('gpt', [
        { start: GIB, length: GIB, label: 'D' },
        { start: 2 * GIB, length: GIB, label: 'd' },
      ]),
    },
    'keep-missing',
    /2 partitions of \/dev\/sda are called D/,
  ],
  [
    'another kind of table',
    { keep: ['D'], present: present('mbr', [{ start: GIB, length: GIB, label: 'D' }]) },
    'keep-impossible',
    /its table is MBR, the image's is GPT/,
  ],
  [
    'the number of another partition of the image',
    { keep: ['D'], present: present('gpt', [{ start: 100 * GIB, length: GIB, label: 'D', number: 2 }]) },
    'keep-impossible',
    /the image has another partition 2/,
  ],
  [
    'no room around it',
    { keep: ['D'], present: present('gpt', [{ start: 20 * GIB, length: 150 * GIB, label: 'D', number: 3 }]) },
    'keep-impossible',
    /do not fit around it; free runs: 21\.5 GB, 32\.2 GB/,
  ],
  [
    'where boot loaders are written',
    { keep: ['D'], present: present('gpt', [{ start: 63 * 512, length: GIB, label: 'D', number: 3 }]) },
    'keep-impossible',
    /reaches into the first MiB/,
  ],
];

for (const [what, more, code, message] of refusals) {
  test(`keeping is refused in words: ${what}`, () => {
    assert.throws(() => plan(more), { code, message });
  });
}

const xp: Part[] = [
  { start: 63 * 512, length: 20 * GIB, used: 5 * GIB, active: true },
  { start: 63 * 512 + 20 * GIB, length: 20 * GIB, type: '0F' },
  { start: 126 * 512 + 20 * GIB, length: 19 * GIB, label: 'DATA', number: 5 },
];

test('a logical partition stays together with the container of the target', () => {
  const mbr = imageOf('mbr', xp);
  const old = present('mbr', [
    { start: 63 * 512, length: 60 * GIB, active: true },
    { start: 100 * GIB, length: 80 * GIB, type: '05' },
    { start: 100 * GIB + MIB, length: 70 * GIB, label: 'DATA', number: 5, active: true },
  ]);
  const kept = planFit({ image: mbr, target, present: old, keep: ['DATA'] });
  assert.deepEqual([...kept.unwritten], [5]);
  const [system, container, data] = kept.layout.partitions;
  assert.deepEqual(container, old.layout.partitions[1]);
  assert.deepEqual({ ...data, active: true }, old.layout.partitions[2]);
  assert.equal(data?.active, false, 'two active partitions start nothing');
  assert.ok(system && system.startByte + system.lengthBytes <= 100 * GIB && system.lengthBytes > 99 * GIB);
});

test('a logical partition whose number would change is not kept', () => {
  const old = present('mbr', [
    { start: 63 * 512, length: 60 * GIB },
    { start: 100 * GIB, length: 80 * GIB, type: '05' },
    { start: 100 * GIB + MIB, length: 10 * GIB, label: 'OLD', number: 5 },
    { start: 111 * GIB, length: 10 * GIB, label: 'DATA', number: 6 },
  ]);
  assert.throws(() => planFit({ image: imageOf('mbr', xp), target, present: old, keep: ['DATA'] }), {
    code: 'keep-impossible',
    message: /its number would change, since logical partition 5 before it is not kept/,
  });
});
