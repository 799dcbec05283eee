import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isXfsLogClean } from './log-state.ts';

const BLOCK = 512;
const BLOCKS = 4096;
const UNMOUNT = 0x20;
const COMMIT = 0x02;

interface LogRecord {
  /** Blocks of data; a header comes before them. */
  readonly blocks: number;
  readonly flags: number;
  readonly operations?: number;
  /** Of the data, as the header says it; more than 32 KiB need more header blocks. */
  readonly size?: number;
}

/** A log as the kernel writes it, record behind record, in turns. */
class Log {
  readonly bytes = Buffer.alloc(BLOCKS * BLOCK);
  head = 0;
  cycle = 1;

  write({ blocks, flags, operations = 1, size = 32_768 }: LogRecord): this {
    const headers = Math.ceil(size / 32_768);
    const header = Buffer.alloc(BLOCK);
    header.writeUInt32BE(0xfeed_babe, 0);
    header.writeUInt32BE(this.cycle, 4);
    header.writeUInt32BE(2, 8);
    header.writeUInt32BE(blocks * BLOCK, 12);
    header.writeUInt32BE(operations, 40);
    header.writeUInt32BE(size, 320);
    this.#append(header);
    for (let i = 1; i < headers; i++) this.#append(this.#data());
    const operation = this.#data();
    operation.writeUInt8(flags, 9);
    this.#append(operation);
    for (let i = 1; i < blocks; i++) this.#append(this.#data());
    return this;
  }

  /** Records up to `head` of the next turn. */
  turn(head: number): this {
    const cycle = this.cycle;
    while (this.cycle === cycle) this.write({ blocks: 63, flags: COMMIT, operations: 9 });
    while (this.head < head) this.write({ blocks: 1, flags: COMMIT, operations: 9 });
    return this;
  }

  #data(): Buffer {
    const block = Buffer.alloc(BLOCK, 0x5a);
    block.writeUInt32BE(this.cycle, 0);
    return block;
  }

  #append(block: Buffer): void {
    // What is left of a record behind the log's end belongs to the next turn.
    if (block.readUInt32BE(0) !== 0xfeed_babe) block.writeUInt32BE(this.cycle, 0);
    block.copy(this.bytes, this.head * BLOCK);
    this.head = (this.head + 1) % BLOCKS;
    if (this.head === 0) this.cycle++;
  }
}

function isClean({ bytes }: Log): Promise<boolean> {
  const read = async (offset: number, length: number): Promise<Buffer> =>
    bytes.subarray(offset, offset + length);
  return isXfsLogClean(read, { start: 0, length: bytes.length });
}

const LAST = { blocks: 1, flags: UNMOUNT };

describe('the log of an XFS', () => {
  test('is clean when it was never written, or ends in an unmount record', async () => {
    assert.equal(await isClean(new Log()), true);
    assert.equal(await isClean(new Log().write(LAST)), true);
    assert.equal(await isClean(new Log().turn(10).write(LAST)), true);
    assert.equal(await isClean(new Log().turn(10).write({ ...LAST, blocks: 64, size: 262_144 })), true);
  });

  test('is clean when the last record fills it to its end, or goes on at its start', async () => {
    for (const left of [0, 1, 2, 3]) {
      const log = new Log().turn(0);
      while (BLOCKS - log.head > 70) log.write({ blocks: 1, flags: COMMIT, operations: 9 });
      const rest = BLOCKS - log.head - left;
      if (rest > 2)
        log.write({ blocks: rest - 3, flags: COMMIT, operations: 9 }).write({ blocks: 4, flags: UNMOUNT });
      assert.equal(await isClean(log), true, `${left} blocks left`);
    }
  });

  test('is not clean when something else comes last', async () => {
    assert.equal(await isClean(new Log().turn(100)), false);
    assert.equal(await isClean(new Log().write(LAST).write({ blocks: 1, flags: COMMIT })), false);
    assert.equal(await isClean(new Log().write(LAST).write({ ...LAST, operations: 2 })), false);
  });

  test('is not clean when the last record was cut off', async () => {
    const log = new Log().turn(0).turn(20).write({ blocks: 8, flags: UNMOUNT });
    assert.equal(await isClean(log), true);
    // Its last block is still that of the turn before.
    log.bytes.writeUInt32BE(log.cycle - 1, (log.head - 1) * BLOCK);
    assert.equal(await isClean(log), false);
  });

  test('is not clean when newer records lie behind a block that was not written', async () => {
    for (const between of [1, 100, 2000]) {
      const log = new Log().turn(0).turn(20).write(LAST);
      const head = log.head;
      for (let i = 0; i < between; i += 2) log.write({ blocks: 1, flags: COMMIT });
      for (let i = head; i < log.head - 1; i++) log.bytes.writeUInt32BE(log.cycle - 1, i * BLOCK);
      assert.equal(await isClean(log), false, `${between} blocks on`);
    }
  });
});
