import { encodeLayout } from '../../disk/index.ts';
import type { DiskImage, DiskLayout } from '../../image/index.ts';
import { writeSfdiskDump } from '../layout/write-sfdisk-dump.ts';

/** Clonezilla copies the two ends of a GPT in these units, whatever the disk's sectors are. */
const SECTOR = 512;
const FIRST_SECTORS = 34;
const LAST_SECTORS = 33;
const ENTRIES_BYTES = 16_384;
const HEADS = 255;
const TRACK = 63;

/**
 * The small files that Clonezilla keeps of a disk's partition table, by the end of their names.
 * @param device such as `/dev/sda`
 * @throws MimeoError `table-unwritable`
 */
export function tableFiles({ layout }: DiskImage, device: string): ReadonlyMap<string, Buffer> {
  const writes = encodeLayout(layout);
  const bytesAt = (offset: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    for (const write of writes) {
      const from = Math.max(offset, write.offset);
      const to = Math.min(offset + length, write.offset + write.bytes.length);
      if (from < to) write.bytes.copy(bytes, from - offset, from - write.offset, to - write.offset);
    }
    return bytes;
  };
  const files = new Map([
    ['-pt.sf', Buffer.from(writeSfdiskDump(layout, device))],
    ['-pt.parted', Buffer.from(partedText(layout, device))],
    ['-chs.sf', Buffer.from(geometryText(layout))],
    ['-mbr', bytesAt(0, SECTOR)],
  ]);
  if (layout.table === 'gpt') {
    const { diskBytes, sectorBytes } = layout;
    const end = Math.floor(diskBytes / sectorBytes) * sectorBytes;
    files.set('-gpt-1st', bytesAt(0, FIRST_SECTORS * SECTOR));
    files.set('-gpt-2nd', bytesAt(end - LAST_SECTORS * SECTOR, LAST_SECTORS * SECTOR));
    const parts = [
      bytesAt(0, sectorBytes),
      bytesAt(sectorBytes, sectorBytes),
      bytesAt(end - sectorBytes, sectorBytes),
    ];
    files.set('-gpt.sgdisk', Buffer.concat([...parts, bytesAt(2 * sectorBytes, ENTRIES_BYTES)]));
  }
  return files;
}

/** What `parted unit s print` says; Clonezilla takes the kind of the table and the size of the disk from it. */
function partedText(layout: DiskLayout, device: string): string {
  const { sectorBytes, diskBytes, table } = layout;
  const sectors = (bytes: number): string => `${bytes / sectorBytes}s`;
  const rows = layout.partitions.map(
    ({ number, startByte, lengthBytes }) =>
      ` ${number}  ${sectors(startByte)}  ${sectors(startByte + lengthBytes - sectorBytes)}  ${sectors(lengthBytes)}`,
  );
  return [
    'Model: Mimeo image (file)',
    `Disk ${device}: ${Math.floor(diskBytes / sectorBytes)}s`,
    `Sector size (logical/physical): ${sectorBytes}B/${sectorBytes}B`,
    `Partition Table: ${table === 'gpt' ? 'gpt' : 'msdos'}`,
    'Disk Flags:',
    '',
    'Number  Start  End  Size',
    ...rows,
    '',
  ].join('\n');
}

function geometryText({ diskBytes, sectorBytes }: DiskLayout): string {
  const cylinders = Math.floor(diskBytes / sectorBytes / HEADS / TRACK);
  return `cylinders=${cylinders}\nheads=${HEADS}\nsectors=${TRACK}\n`;
}
