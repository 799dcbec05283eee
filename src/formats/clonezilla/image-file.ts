import { chunkLength, type Filesystem, type Region } from '../../image/index.ts';
import { hasPartcloneFormat, writePartclone } from '../partclone/write-partclone.ts';
import type { ReadChunk } from '../read-chunk.ts';
import { readSwapFacts } from '../swap-image.ts';
import { regionBytes } from './region-bytes.ts';
import type { ExportCodec } from './write-file.ts';

/** As `blkid` calls them, which is how Clonezilla names its files. partclone does not tell ext2 from ext4. */
const BLKID_NAMES: Partial<Record<Filesystem, string>> = { ext: 'ext4', fat: 'vfat' };

export interface ImageFile {
  readonly name: string;
  readonly filesystem: string;
  readonly content: AsyncIterable<Buffer> | Buffer;
  readonly codec: ExportCodec | null;
}

/** The file that holds a partition: a partclone image, a raw copy, or a swap area's UUID and label. */
export async function imageFile(
  region: Region,
  part: string,
  { chunk, codec, signal }: { chunk: ReadChunk; codec: ExportCodec; signal: AbortSignal },
): Promise<ImageFile> {
  const filesystem = BLKID_NAMES[region.filesystem] ?? region.filesystem;
  if (region.filesystem === 'swap') {
    const id = region.chunks.id(0);
    const length = chunkLength(region.lengthBytes, 0);
    const { uuid, label } = readSwapFacts(id === null ? Buffer.alloc(0) : await chunk(id, length));
    const text = `UUID="${uuid}"\nLABEL="${label}"\n`;
    return { name: `swappt-${part}.info`, filesystem, content: Buffer.from(text), codec: null };
  }
  if (hasPartcloneFormat(region.filesystem)) {
    const content = writePartclone(region, chunk, signal);
    return { name: `${part}.${filesystem}-ptcl-img.${codec}`, filesystem, content, codec };
  }
  const content = regionBytes(region, chunk, signal);
  return { name: `${part}.dd-ptcl-img.${codec}`, filesystem, content, codec };
}
