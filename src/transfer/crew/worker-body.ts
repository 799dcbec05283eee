import type { Job, Reply } from './job.ts';

export interface WorkerData {
  readonly memory: SharedArrayBuffer;
  /** zstd's level. */
  readonly level: number;
  /** The name of a whole chunk of zeros. */
  readonly zeroId: string;
  readonly chunkBytes: number;
}

/**
 * What runs in each thread of a crew. It is handed to the thread as its own text, so that it works the same from
 * a checkout and from the agent's one-file bundle: nothing outside of this function exists for it but Node.
 * Synchronous calls on purpose: they copy nothing and the thread has nothing else to do.
 */
export function workerBody(): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const { readSync, writeSync } = process.getBuiltinModule('node:fs');
  const { hash } = process.getBuiltinModule('node:crypto');
  const { constants, zstdCompressSync, zstdDecompressSync } = process.getBuiltinModule('node:zlib');
  const { memory, level, zeroId, chunkBytes } = workerData as WorkerData;
  const zeros = Buffer.alloc(chunkBytes);

  type Ports = Extract<Job, { op: 'read' }>['ports'];
  type Move = (fd: number, bytes: Uint8Array, offset: number) => number;

  /** Reads or writes all of `bytes`, past the kernel's cache unless the disk refuses this place or memory. */
  function moveAll(move: Move, ports: Ports, bytes: Uint8Array, offset: number): Reply | null {
    let fd = ports.direct ?? ports.plain;
    for (let done = 0; done < bytes.length; ) {
      try {
        const moved = move(fd, bytes.subarray(done), offset + done);
        if (moved === 0) return { kind: 'failed', offset: offset + done, words: 'it ends there' };
        done += moved;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code !== 'EINVAL' || fd === ports.plain)
          return { kind: 'failed', offset: offset + done, words: String(error) };
        fd = ports.plain;
      }
    }
    return null;
  }

  const read: Move = (fd, bytes, offset) => readSync(fd, bytes, 0, bytes.length, offset);
  const write: Move = (fd, bytes, offset) => writeSync(fd, bytes, 0, bytes.length, offset);

  /**
   * Gives memory back at once: the collector of a thread that makes little garbage hardly ever runs. Small
   * buffers may share theirs with others.
   */
  function free({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength > 65_536) buffer.transfer(0);
  }

  function unpack(frame: Uint8Array, chunk: Buffer, id: string): Reply | null {
    let bytes: Buffer;
    try {
      // A frame that would become larger than a chunk is an error, whatever it claims.
      bytes = zstdDecompressSync(frame, { chunkSize: 1_048_576 + 4096, maxOutputLength: 1_048_576 });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return { kind: 'bad', words: `it does not decompress (${words})` };
    }
    if (bytes.length !== chunk.length)
      return { kind: 'bad', words: `it has ${bytes.length} bytes, not ${chunk.length}` };
    const found = hash('sha256', bytes, 'hex');
    if (found !== id) return { kind: 'bad', words: `its content hashes to ${found}` };
    bytes.copy(chunk);
    free(bytes);
    return null;
  }

  /** Zeros are known without hashing: a disk that was wiped or never used is full of them. */
  function nameOf(chunk: Buffer): string {
    return chunk.equals(zeros) ? zeroId : hash('sha256', chunk, 'hex');
  }

  function perform(job: Job): Reply {
    const chunk = Buffer.from(memory, job.at, job.length);
    switch (job.op) {
      case 'read': {
        const failed = moveAll(read, job.ports, chunk.subarray(job.from, job.to), job.offset + job.from);
        if (failed !== null) return failed;
        for (let i = 0; i < job.holes.length; i += 2) chunk.fill(0, job.holes[i], job.holes[i + 1]);
        return { kind: 'named', id: nameOf(chunk) };
      }
      case 'name':
        return { kind: 'named', id: nameOf(chunk) };
      case 'pack': {
        const packed = zstdCompressSync(chunk, {
          // Less than a whole chunk's room at once would halve the speed.
          chunkSize: 1_048_576 + 4096,
          params: { [constants.ZSTD_c_compressionLevel]: level },
          // Known before, the size fits zstd's tables and window to it: a sixth less work.
          pledgedSrcSize: chunk.length,
        });
        // A copy of just its bytes: the buffer it lies in is a chunk's size.
        const frame = new Uint8Array(packed);
        free(packed);
        return { kind: 'packed', frame };
      }
      case 'unpack':
        return (
          unpack(Buffer.from(memory, job.frameAt, job.frameLength), chunk, job.id) ??
          (job.write && moveAll(write, job.write.ports, chunk, job.write.offset)) ?? { kind: 'done' }
        );
      case 'write':
        return moveAll(write, job.ports, chunk, job.offset) ?? { kind: 'done' };
    }
  }

  parentPort?.on('message', (job: Job) => {
    const reply = perform(job);
    parentPort.postMessage(reply, reply.kind === 'packed' ? [reply.frame.buffer] : []);
  });
}
