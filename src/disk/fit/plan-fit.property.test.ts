import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import type { DiskImage, DiskLayout, Filesystem, PartitionLayout } from '../../image/index.ts';
import { ChunkTableBuilder } from '../../image/index.ts';
import { gptLayouts, mbrLayouts } from '../table/layout.arbitrary.ts';
import { refuseUnwritable } from '../table/refuse-unwritable.ts';
import { type Extent, endOf, type FitPlan, type FitRequest, MIB, overlaps } from './fit-types.ts';
import { isExtended, mayMove } from './partition-role.ts';
import { planFit } from './plan-fit.ts';
import { usableEnd } from './refuse-unfit.ts';

const chunks = new ChunkTableBuilder().build();
const filesystems: readonly Filesystem[] = ['ntfs', 'ext', 'xfs', 'fat', 'swap', 'raw'];

function withRegions(layout: DiskLayout, kinds: readonly number[]): DiskImage {
  const regions = layout.partitions
    .filter((one) => !isExtended(layout, one))
    .map(({ number, startByte, lengthBytes }, i) => {
      const filesystem = filesystems[kinds[i] ?? 0] ?? 'ntfs';
      return {
        kind: 'partition' as const,
        partition: number,
        filesystem,
        label: '',
        startByte,
        lengthBytes,
        chunks,
      };
    });
  return { layout, regions };
}

const requests: fc.Arbitrary<FitRequest> = fc
  .tuple(
    fc.oneof(gptLayouts, mbrLayouts),
    fc.integer({ min: 1, max: 2_000_000 }),
    fc.double({ min: 0.2, max: 3, noNaN: true }),
    fc.array(fc.nat(5), { minLength: 12, maxLength: 12 }),
    fc.constantFrom('auto' as const, 'none' as const),
  )
  .map(([layout, odd, factor, kinds, grow]) => {
    const sectors = Math.floor((layout.diskBytes / layout.sectorBytes) * factor) + odd;
    const { sectorBytes } = layout;
    const target = { device: '/dev/sda', sizeBytes: sectors * sectorBytes, sectorBytes };
    return { image: withRegions(layout, kinds), target, grow };
  });

/** Null where the disk is refused as too small. */
function planned(request: FitRequest): FitPlan | null {
  try {
    return planFit(request);
  } catch (error) {
    assert.ok(error instanceof MimeoError && error.code === 'disk-too-small', String(error));
    return null;
  }
}

test('whatever fits lies apart within the disk, is written as planned, and keeps what it is', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const plan = planned(request);
      if (plan === null) return;
      const { image, target } = request;
      const end = usableEnd(image.layout, target.sizeBytes);
      const data = plan.layout.partitions.filter((one) => !isExtended(plan.layout, one));
      for (const [i, one] of data.entries()) {
        assert.ok(endOf(one) <= end);
        assert.ok(!data.slice(i + 1).some((other) => overlaps(one, other)), 'overlap');
      }
      assert.equal(plan.layout.partitions.length, image.layout.partitions.length);
      for (const before of image.layout.partitions) {
        const after: PartitionLayout | undefined = plan.layout.partitions.find(
          (one) => one.number === before.number,
        );
        assert.ok(after);
        const { startByte, lengthBytes }: Extent = after;
        assert.deepEqual({ ...before, startByte, lengthBytes }, after, 'id, type, name, flags');
        const by = startByte - before.startByte;
        assert.equal(Math.abs(by % MIB), 0, 'alignment');
        if (isExtended(image.layout, before)) continue;
        if (by !== 0) assert.ok(mayMove(image, before), 'moved what has to stay');
        const grows = plan.growth?.partition.number === before.number;
        assert.ok(grows ? lengthBytes >= before.lengthBytes + MIB : lengthBytes === before.lengthBytes);
      }
      if (request.grow === 'none') assert.equal(plan.growth, null);
      await refuseUnwritable(plan.layout);
    }),
    { numRuns: 300 },
  );
});

test('a plan planned again changes nothing', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const plan = planned(request);
      if (plan === null) return;
      const regions = request.image.regions.map((region) => {
        const place = plan.layout.partitions.find(({ number }) => number === region.partition);
        return place ? { ...region, startByte: place.startByte, lengthBytes: place.lengthBytes } : region;
      });
      const again = planFit({ ...request, image: { layout: plan.layout, regions } });
      assert.deepEqual(again.layout, plan.layout);
      assert.ok(again.steps.every(({ kind }) => kind === 'stay'));
    }),
    { numRuns: 300 },
  );
});

test('what is kept stays as it is, and nothing is put over it', () => {
  const place = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    share: fc.double({ min: 0, max: 0.9, noNaN: true }),
  });
  fc.assert(
    fc.property(requests, place, ({ image, target, grow = 'auto' }, { at, share }) => {
      const { sectorBytes } = target;
      const whole = (bytes: number): number => Math.floor(bytes / sectorBytes) * sectorBytes;
      const room = usableEnd({ ...image.layout, table: 'gpt' }, target.sizeBytes) - MIB;
      const lengthBytes = Math.max(sectorBytes, whole(room * share));
      const startByte = MIB + Math.ceil(((room - lengthBytes) * at) / sectorBytes) * sectorBytes;
      const number = image.layout.table === 'mbr' ? 4 : 200;
      const gpt = { id: 'KEPT', name: 'DATA', attributes: '0'.repeat(16) };
      const kept = {
        number,
        startByte,
        lengthBytes,
        type: '07',
        active: false,
        gpt: image.layout.table === 'mbr' ? null : gpt,
      };
      const layout = { ...image.layout, diskBytes: target.sizeBytes, partitions: [kept] };
      const present = { layout, labels: new Map([[number, 'DATA']]) };
      let plan: FitPlan;
      try {
        plan = planFit({ image, target, grow, present, keep: ['DATA'] });
      } catch (error) {
        assert.ok(error instanceof MimeoError && error.code === 'keep-impossible', String(error));
        return;
      }
      assert.deepEqual(
        plan.layout.partitions.find((one) => one.number === number),
        kept,
      );
      const others = plan.layout.partitions.filter((one) => one.number !== number);
      assert.ok(!others.some((one) => overlaps(one, kept)), 'put over what is kept');
      assert.equal(others.length, image.layout.partitions.length);
      for (const [i, one] of others.entries()) {
        if (isExtended(plan.layout, one)) continue;
        const data = others.slice(i + 1).filter((other) => !isExtended(plan.layout, other));
        assert.ok(!data.some((other) => overlaps(one, other)), 'overlap');
      }
    }),
    { numRuns: 300 },
  );
});
