import { ByteStream } from '../codec/byte-stream.ts';
import { ImportFile } from '../codec/import-file.ts';
import { type DamagePlace, damaged } from '../damage.ts';

/** Every file of a partimage image begins with it, and is compressed on its own. */
export const PARTIMAGE_MAGIC = 'PaRtImAgE-VoLuMe';
export const VOLUME_HEAD_BYTES = 512;
const VERSION_AT = 32;
const VOLUME_AT = 96;
/** The same in all volumes of an image. */
const IDENTITY_AT = 100;
const PIECE_BYTES = 1_048_576;

/** Where the content of a volume begins among that of all of them. */
interface VolumeStart {
  readonly path: string;
  readonly at: number;
}

/** The content of an image's volumes, one after the other, without the heads of all but the first. */
class VolumeStream extends ByteStream {
  readonly #starts: VolumeStart[];

  constructor(
    source: AsyncIterable<Buffer>,
    starts: VolumeStart[],
    compressed: boolean,
    pieces: readonly string[],
  ) {
    super(source, starts[0]?.path ?? '', compressed, pieces);
    this.#starts = starts;
  }

  /** The place in its own volume. */
  override place(offset: number = this.position): DamagePlace {
    const index = Math.max(
      0,
      this.#starts.findLastIndex(({ at }) => at <= offset),
    );
    const start = this.#starts[index] ?? { path: '', at: 0 };
    const own = offset - start.at + (index === 0 ? 0 : VOLUME_HEAD_BYTES);
    return { ...super.place(own), path: start.path };
  }
}

/** What a volume's head says of it, little-endian. */
export function parseVolumeHead(head: Buffer): { version: string; volume: number; identity: string } {
  return {
    version: head.toString('latin1', VERSION_AT, VOLUME_AT).split('\0', 1)[0] ?? '',
    volume: head.readUInt32LE(VOLUME_AT),
    identity: head.toString('hex', IDENTITY_AT, IDENTITY_AT + 8),
  };
}

export function isVolume(head: Buffer): boolean {
  return head.toString('latin1', 0, PARTIMAGE_MAGIC.length) === PARTIMAGE_MAGIC;
}

/**
 * Opens an image's volumes as one stream. A set whose second file is no volume is one volume that another
 * program has split (as Clonezilla did).
 */
export async function openVolumes(file: ImportFile, signal: AbortSignal): Promise<ByteStream> {
  const [first, second] = file.pieces;
  if (first === undefined || second === undefined) return file.stream(signal);
  if (!isVolume(await (await ImportFile.open([second])).head(signal))) return file.stream(signal);
  const starts: VolumeStart[] = [{ path: first, at: 0 }];
  const content = contentOf(file.pieces, starts, signal);
  return new VolumeStream(content, starts, file.codec !== 'none', file.pieces);
}

async function* contentOf(
  pieces: readonly string[],
  starts: VolumeStart[],
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let [position, identity] = [0, ''];
  for (const [index, path] of pieces.entries()) {
    await using stream = (await ImportFile.open([path])).stream(signal);
    const head = Buffer.from(await stream.read(VOLUME_HEAD_BYTES, "the volume's head"));
    const found = parseVolumeHead(head);
    if (index === 0) {
      identity = found.identity;
      position += head.length;
      yield head;
    } else {
      starts.push({ path, at: position });
      if (!isVolume(head) || found.volume !== index || found.identity !== identity) {
        throw damaged(
          stream.place(0),
          `it is not volume ${index} of the image that begins with ${pieces[0]}`,
        );
      }
    }
    for (;;) {
      const bytes = await stream.readSome(PIECE_BYTES);
      if (bytes === null) break;
      position += bytes.length;
      yield bytes;
    }
  }
}
