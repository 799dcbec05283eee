import type { DiskLayout, PartitionLayout } from '../../image/index.ts';
import { attributeWords, quotedText } from './sfdisk-values.ts';

const GPT_ENTRIES_BYTES = 16_384;

/** A layout as the text that `sfdisk -d` prints and `sfdisk` takes. @param device such as `/dev/sda` */
export function writeSfdiskDump(layout: DiskLayout, device: string): string {
  const { sectorBytes, diskBytes } = layout;
  const gpt = layout.table === 'gpt';
  const tableSectors = GPT_ENTRIES_BYTES / sectorBytes;
  const lines = [
    `label: ${gpt ? 'gpt' : 'dos'}`,
    `label-id: ${gpt ? layout.diskId : `0x${layout.diskId.toLowerCase()}`}`,
    `device: ${device}`,
    'unit: sectors',
    ...(gpt ? [`first-lba: ${2 + tableSectors}`] : []),
    ...(gpt ? [`last-lba: ${Math.floor(diskBytes / sectorBytes) - tableSectors - 2}`] : []),
    `sector-size: ${sectorBytes}`,
    '',
    ...layout.partitions.map((partition) => line(partition, device, sectorBytes)),
  ];
  return `${lines.join('\n')}\n`;
}

/** The kernel's name of a partition: `p` stands between a disk's last digit and the number. */
export function partitionDevice(device: string, number: number): string {
  return `${device}${/\d$/.test(device) ? 'p' : ''}${number}`;
}

function line(partition: PartitionLayout, device: string, sectorBytes: number): string {
  const sectors = (bytes: number): string => String(bytes / sectorBytes).padStart(12);
  const { gpt } = partition;
  const attributes = gpt === null ? '' : attributeWords(gpt.attributes);
  const values = [
    `start=${sectors(partition.startByte)}`,
    `size=${sectors(partition.lengthBytes)}`,
    `type=${gpt === null ? partition.type.toLowerCase().replace(/^0/, '') : partition.type}`,
    ...(gpt === null ? [] : [`uuid=${gpt.id}`]),
    ...(gpt === null || gpt.name === '' ? [] : [`name="${quotedText(gpt.name)}"`]),
    ...(attributes === '' ? [] : [`attrs="${attributes}"`]),
    ...(partition.active ? ['bootable'] : []),
  ];
  return `${partitionDevice(device, partition.number)} : ${values.join(', ')}`;
}
