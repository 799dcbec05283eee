import { isDeepStrictEqual } from 'node:util';
import { MimeoError } from '../../errors.ts';
import type { DiskLayout, PartitionLayout } from '../../image/index.ts';
import { encodeLayout, type TableWrite } from './encode-layout.ts';
import { readLayoutFrom } from './read-layout.ts';

/**
 * Refuses a layout whose table could not be written, or would read back as another: it is encoded and read
 * again in memory, no disk is touched.
 *
 * @throws MimeoError `table-unwritable` naming what is in the way
 */
export async function refuseUnwritable(layout: DiskLayout): Promise<void> {
  const writes = encodeLayout(layout);
  let read: DiskLayout;
  try {
    read = await readLayoutFrom({
      name: 'A disk with this table',
      sizeBytes: layout.diskBytes,
      sectorBytes: layout.sectorBytes,
      read: (offset, length) => Promise.resolve(readWrites(writes, offset, length)),
    });
  } catch (error) {
    if (!(error instanceof MimeoError)) throw error;
    throw new MimeoError('table-unwritable', error.message, { cause: error });
  }
  if (!sameLayout(read, layout)) {
    throw new MimeoError(
      'table-unwritable',
      'The partition table holds something that would not read back as it is.',
    );
  }
}

/** Whether two layouts are the same to a disk: the case of hex digits and the order of partitions do not count. */
export function sameLayout(a: DiskLayout, b: DiskLayout): boolean {
  return isDeepStrictEqual(comparable(a), comparable(b));
}

/** What a blank disk would hold after the writes. */
function readWrites(writes: readonly TableWrite[], offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (const write of writes) {
    const from = Math.max(offset, write.offset);
    const to = Math.min(offset + length, write.offset + write.bytes.length);
    if (from < to) write.bytes.copy(bytes, from - offset, from - write.offset, to - write.offset);
  }
  return bytes;
}

function comparable(layout: DiskLayout): DiskLayout {
  return {
    ...layout,
    diskId: layout.diskId.toUpperCase(),
    bootCode: Buffer.from(layout.bootCode),
    partitions: layout.partitions
      .map((partition) => ({
        ...partition,
        type: partition.type.toUpperCase(),
        gpt: upperCase(partition.gpt),
      }))
      .sort((a, b) => a.number - b.number),
  };
}

function upperCase(gpt: PartitionLayout['gpt']): PartitionLayout['gpt'] {
  if (gpt === null) return null;
  return {
    id: gpt.id.toUpperCase(),
    name: gpt.name,
    attributes: gpt.attributes.toUpperCase().padStart(16, '0'),
  };
}
