import type { BinaryWriter } from '../binary.ts';
import type { IndexReader } from './index-reader.ts';
import { BOOT_CODE_BYTES, LIMITS } from './index-rules.ts';
import type { DiskLayout, PartitionLayout } from './types.ts';

const TABLES = ['mbr', 'gpt'] as const;
const FLAG = [false, true] as const;

/** A text: its length in bytes (16 bits), then UTF-8. */
export function writeText(writer: BinaryWriter, text: string): void {
  const bytes = Buffer.from(text);
  writer.u16le(bytes.length).bytes(bytes);
}

export function writeLayout(writer: BinaryWriter, layout: DiskLayout): void {
  writer.u8(TABLES.indexOf(layout.table)).u64le(layout.diskBytes).u32le(layout.sectorBytes);
  writeText(writer, layout.diskId);
  writer.bytes(layout.bootCode);
  writer.u16le(layout.partitions.length);
  for (const part of layout.partitions) {
    writer
      .u16le(part.number)
      .u64le(part.startByte)
      .u64le(part.lengthBytes)
      .u8(part.active ? 1 : 0);
    writeText(writer, part.type);
    if (part.gpt === null) continue;
    writeText(writer, part.gpt.id);
    writeText(writer, part.gpt.name);
    writeText(writer, part.gpt.attributes);
  }
}

export function readLayout(reader: IndexReader): DiskLayout {
  const table = reader.choice('kind of partition table', TABLES);
  return {
    table,
    diskBytes: reader.u64('size of disk'),
    sectorBytes: reader.u32('sector size'),
    diskId: reader.text('disk id', LIMITS.id),
    bootCode: Uint8Array.from(reader.bytes('boot code', BOOT_CODE_BYTES)),
    partitions: reader.list('partitions', LIMITS.partitions, () => readPartition(reader, table)),
  };
}

function readPartition(reader: IndexReader, table: DiskLayout['table']): PartitionLayout {
  return {
    number: reader.u16('partition number'),
    startByte: reader.u64('start of partition'),
    lengthBytes: reader.u64('length of partition'),
    active: reader.choice('active flag', FLAG),
    type: reader.text('partition type', LIMITS.id),
    gpt:
      table === 'mbr'
        ? null
        : {
            id: reader.text('partition id', LIMITS.id),
            name: reader.text('partition name', LIMITS.partitionName),
            attributes: reader.text('partition attributes', LIMITS.id),
          },
  };
}
