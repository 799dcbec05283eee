import { openDisk, readAt, readContent } from '../../disk/index.ts';
import { MimeoError } from '../../errors.ts';
import type { PartitionImage } from '../partition-image.ts';

const PIECE_BYTES = 1_048_576;

/**
 * A byte for byte copy of one partition. Which blocks its filesystem uses is looked up, as in a capture.
 *
 * @throws MimeoError `volume-dirty`, `volume-hibernated`, `volume-damaged`, `disk-failed`
 */
export async function rawPartition(path: string, signal: AbortSignal): Promise<PartitionImage> {
  await using disk = await openDisk(path, 'read');
  const lengthBytes = Math.floor(disk.sizeBytes / disk.sectorBytes) * disk.sectorBytes;
  const partition = { number: 1, startByte: 0, lengthBytes, type: '00', active: false, gpt: null };
  const { filesystem, used, warnings } = await readContent(disk, partition, signal).catch(
    (error: unknown) => {
      // To the technician it is the file that is dirty or damaged, not a partition of it.
      if (!(error instanceof MimeoError)) throw error;
      throw new MimeoError(error.code, error.message.replaceAll(`partition 1 of ${path}`, path), {
        next: error.next,
        cause: error,
      });
    },
  );
  return {
    description: 'raw partition',
    filesystem,
    lengthBytes,
    usedBytes: used.reduce((sum, run) => sum + run.length, 0),
    warnings,
    async *read(readSignal) {
      await using file = await openDisk(path, 'read');
      for (const run of used) {
        for (let at = run.start; at < run.start + run.length; at += PIECE_BYTES) {
          readSignal.throwIfAborted();
          const length = Math.min(PIECE_BYTES, run.start + run.length - at);
          yield { offset: at, bytes: await readAt(file, at, length) };
        }
      }
    },
  };
}
