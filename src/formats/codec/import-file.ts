import { fileBytes, openFile } from '../plain-file.ts';
import { ByteStream } from './byte-stream.ts';
import { type CodecName, codecOf } from './codecs.ts';
import { concatenated } from './concatenated.ts';
import { decompress } from './decompress.ts';

/** So much of a file's beginning is looked at to tell what it is (btrfs has its mark at 64 KiB). */
const HEAD_BYTES = 68 * 1024;

/** A file of an import, or a split set of them, compressed or not. It may be read any number of times. */
export class ImportFile {
  /** In order; at least one. */
  readonly pieces: readonly string[];
  readonly codec: CodecName;
  /** Its first bytes as they are stored. */
  readonly storedHead: Buffer;
  /** Of all pieces, as they are stored. */
  readonly storedBytes: number;

  private constructor(pieces: readonly string[], storedHead: Buffer, storedBytes: number) {
    this.pieces = pieces;
    this.storedHead = storedHead;
    this.storedBytes = storedBytes;
    this.codec = codecOf(storedHead)?.name ?? 'none';
  }

  /** @throws MimeoError as {@link openFile}, of any piece */
  static async open(pieces: readonly string[]): Promise<ImportFile> {
    const sizes = await Promise.all(pieces.map(fileBytes));
    await using first = await openFile(pieces[0] ?? '');
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await first.read(buffer, 0, HEAD_BYTES, 0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    return new ImportFile(pieces, buffer.subarray(0, bytesRead), total);
  }

  /** The first piece's path: what messages name. */
  get path(): string {
    return this.pieces[0] ?? '';
  }

  /**
   * Its decompressed content from the beginning. Dispose it.
   * Reading throws MimeoError `import-damaged`, `import-tool-missing`, `import-unsupported`.
   */
  stream(signal: AbortSignal): ByteStream {
    const stored = concatenated(this.pieces, signal);
    const codec = codecOf(this.storedHead);
    const plain = codec === null ? stored : decompress(codec, stored, this.pieces, signal);
    return new ByteStream(plain, this.path, codec !== null, this.pieces);
  }

  /** The first bytes of its decompressed content, up to 68 KiB. */
  async head(signal: AbortSignal): Promise<Buffer> {
    if (this.codec === 'none' && this.storedHead.length === HEAD_BYTES) return this.storedHead;
    await using stream = this.stream(signal);
    return Buffer.from(await stream.readUpTo(HEAD_BYTES));
  }
}
