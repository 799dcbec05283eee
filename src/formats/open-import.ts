import { MimeoError } from '../errors.ts';
import { LIMITS } from '../image/index.ts';
import { clonezillaFolder } from './clonezilla/clonezilla-folder.ts';
import { fogFolder } from './fog/fog-folder.ts';
import type { Import, ImportFormat, ImportOptions } from './import.ts';
import { otherFormat } from './other-format.ts';
import { PARTITION_FORMATS } from './partition-formats.ts';
import { type FilePlace, lookAt, type Place } from './place.ts';
import { singlePartition } from './single-partition.ts';
import { rawFormat } from './virtual-disk/raw-format.ts';
import { virtualDiskFormat } from './virtual-disk/virtual-disk-format.ts';
import { wimFormat } from './wim/wim-format.ts';

/** Of what the compressions check one at a time, bzip2's 900 kB is the largest that is usual. */
const LARGEST_BLOCK = 2 * 1_048_576;

/** In the order in which they are tried: what says aloud what it is comes first, raw disks last. */
const FORMATS: readonly ImportFormat[] = [
  clonezillaFolder,
  fogFolder,
  ...PARTITION_FORMATS.map(singlePartition),
  wimFormat,
  virtualDiskFormat,
  rawFormat,
];

/**
 * Opens somebody else's image: a folder of Clonezilla or FOG, or a file (compressed or not; of a split set its
 * first piece). Nothing is imported yet.
 *
 * @throws MimeoError `import-unknown` when it is nothing we know, `import-damaged`, `import-unsupported`,
 * `import-tool-missing`
 */
export async function openImport(path: string, options: ImportOptions): Promise<Import> {
  const place = await lookAt(path, options.signal);
  const format = FORMATS.find((one) => one.recognises(place));
  if (format === undefined) {
    if (place.kind === 'file') await refuseDamaged(place, options.signal);
    throw unknown(place);
  }
  if (options.format !== undefined && format !== virtualDiskFormat && format !== rawFormat) {
    throw otherFormat(path, options.format, format.name);
  }
  const opened = await format.open(place, options);
  if (opened.kind === 'disk' || opened.source.disks.length <= LIMITS.disks) return opened;
  const { disks } = opened.source;
  await opened.source[Symbol.asyncDispose]();
  throw new MimeoError(
    'import-unsupported',
    `${path} is of ${disks.length} disks; an image has at most ${LIMITS.disks}.`,
  );
}

/** What is damaged may decompress to nothing we know before the decompressor finds out. */
async function refuseDamaged({ file }: FilePlace, signal: AbortSignal): Promise<void> {
  if (file.codec === 'none') return;
  await using stream = file.stream(signal);
  await stream.readUpTo(LARGEST_BLOCK);
}

function unknown(place: Place): MimeoError {
  const names = FORMATS.map(({ name }) => name).join(', ');
  const found =
    place.kind === 'folder'
      ? `The folder holds ${place.entries.slice(0, 8).join(', ') || 'nothing'}${place.entries.length > 8 ? ', …' : ''}`
      : `The file begins with ${describeHead(place.head)}${place.file.codec === 'none' ? '' : ` (decompressed from ${place.file.codec})`}`;
  return new MimeoError('import-unknown', `${place.path} is none of: ${names}. ${found}.`);
}

function describeHead(head: Buffer): string {
  if (head.length === 0) return 'nothing: it is empty';
  const start = head.subarray(0, 16);
  const text = start.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
  return `${start.toString('hex')} ("${text}")`;
}
