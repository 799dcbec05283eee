import type { SourcePiece } from '../image/index.ts';
import type { ImportFile } from './codec/import-file.ts';
import { damaged } from './damage.ts';
import type { PartitionImage } from './partition-image.ts';

/** A partition copied byte by byte (`dd`): it has neither a mark nor a checksum, only its length. */
export function rawImage(file: ImportFile, lengthBytes: number): PartitionImage {
  return {
    description: 'raw copy',
    filesystem: 'raw',
    lengthBytes,
    usedBytes: lengthBytes,
    warnings: [],
    read: (signal) => readRaw(file, lengthBytes, signal),
  };
}

async function* readRaw(
  file: ImportFile,
  lengthBytes: number,
  signal: AbortSignal,
): AsyncGenerator<SourcePiece> {
  await using stream = file.stream(signal);
  for (;;) {
    const offset = stream.position;
    const bytes = await stream.readSome(1 << 20);
    if (bytes === null) break;
    if (offset + bytes.length > lengthBytes) {
      throw damaged(stream.place(lengthBytes), `its partition ends there, the copy goes on`);
    }
    yield { offset, bytes };
  }
  if (stream.position < lengthBytes) {
    throw damaged(stream.place(), `it ends there, its partition has ${lengthBytes} bytes`);
  }
}
