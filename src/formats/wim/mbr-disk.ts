import { readBootArea } from '../boot-area.ts';
import { loneDisk } from '../lone-partition.ts';
import type { PartitionImage } from '../partition-image.ts';
import { regionOf } from '../region-of.ts';
import type { DiskRequest, WimDisk } from './wim-disk.ts';

/** Where the partition begins when nobody knows better. */
export const MBR_START = 1_048_576;

/** An MBR disk with one active NTFS partition. */
export async function mbrDiskAround(image: PartitionImage, request: DiskRequest): Promise<WimDisk> {
  const boot = request.mbr === undefined ? null : await readBootArea(request.mbr);
  const { lengthBytes } = image;
  // The old disk's own partition had another content: its place means nothing here.
  const area = boot === null ? null : { ...boot, table: null };
  const { layout, startByte, gap } = loneDisk({ filesystem: 'ntfs', lengthBytes, table: 'mbr', boot: area });
  const place = { partition: 1, startByte, lengthBytes, path: request.path };
  const { region, warnings } = await regionOf({ ...image, warnings: [] }, place, request.signal);
  const regions = gap === null ? [region] : [gap, region];
  return { disk: { layout, regions }, warnings: [...warnings, words(request.windows)] };
}

function words(windows: DiskRequest['windows']): string {
  const bootsect =
    windows !== null && windows.major < 6
      ? 'bootsect /nt52 C: /mbr'
      : 'bootsect /nt60 C: /mbr and bcdboot C:\\Windows /s C: /f BIOS';
  return (
    'A WIM holds the files of a volume, neither boot code nor a boot configuration: a disk with this image does not ' +
    `start yet. Deploy it to one host, start that from a Windows installation medium, press Shift+F10, run ${bootsect}, ` +
    'and capture that host.'
  );
}
