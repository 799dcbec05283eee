import type { ByteStream } from '../codec/byte-stream.ts';
import { damaged } from '../damage.ts';

/** Reads partimage's content and adds up its bytes, as the tail has the sum of them all. */
export class SummedStream {
  readonly stream: ByteStream;
  /** Stays exact: 2^53 / 255 bytes are 32 TiB. */
  #sum = 0;

  constructor(stream: ByteStream) {
    this.stream = stream;
  }

  get sum(): number {
    return this.#sum;
  }

  /** As the stream's own; valid until the next call. */
  async read(length: number, what: string): Promise<Buffer> {
    const bytes = await this.stream.read(length, what);
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) sum += bytes[i] ?? 0;
    this.#sum += sum;
    return bytes;
  }

  /** @throws MimeoError `import-damaged` when another text stands there */
  async expect(magic: string): Promise<void> {
    const at = this.stream.position;
    const found = (await this.read(magic.length, magic)).toString('latin1');
    if (found !== magic) {
      throw damaged(this.stream.place(at), `${magic} should stand there, not ${JSON.stringify(found)}`);
    }
  }

  /**
   * A block of fields that is followed by the sum of its bytes, taken as signed ones.
   * @throws MimeoError `import-damaged` when the sum is another
   */
  async checkedBlock(length: number, what: string): Promise<Buffer> {
    const at = this.stream.position;
    const bytes = Buffer.from(await this.read(length, what));
    let sum = 0;
    for (const byte of bytes) sum += byte < 128 ? byte : byte - 256;
    if ((await this.read(4, what)).readUInt32LE(0) !== sum >>> 0) {
      throw damaged(this.stream.place(at), `the checksum of ${what} is wrong`);
    }
    return bytes;
  }
}
