import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import { RunCollector } from '../run-collector.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { CHECKPOINT, type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { expectF2fs } from './damaged.ts';
import { eachSegment } from './segments.ts';
import { BLOCK_BYTES, type F2fsLayout, readF2fsLayout, SEGMENT_BLOCKS } from './superblock.ts';

/** In a node block: the version of the checkpoint after which it was written. */
const NODE_VERSION_AT = 4084;

/**
 * The blocks of the main area that no segment's map calls valid. Superblocks, checkpoints and tables count as
 * used, and so do the segments that logs append to, as a whole: whoever mounts the volume looks there for
 * blocks written after the checkpoint, and must not find a former image's.
 *
 * @throws MimeoError `volume-dirty` when it was not unmounted, `volume-damaged` for anything that is damaged,
 * not known, or does not add up
 */
export async function freeRunsOfF2fs(
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const layout = await readF2fsLayout(read, lengthBytes);
  const checkpoint = await readCheckpoint(read, layout);
  await refuseUnclean(read, layout, checkpoint);
  const current = new Set(checkpoint.currentSegments);
  const free = new RunCollector();
  await eachSegment(
    read,
    layout,
    checkpoint,
    (segment, validMap, validBlocks) => {
      if (current.has(segment)) return;
      const first = layout.mainAt + segment * SEGMENT_BLOCKS;
      if (validBlocks === 0) free.add(first * BLOCK_BYTES, SEGMENT_BLOCKS * BLOCK_BYTES);
      else for (const [i, byte] of validMap.entries()) addZeros(free, first + i * 8, byte);
    },
    signal,
  );
  return free.runs;
}

/** @param byte a bit per block from `first` on, most significant first */
function addZeros(free: RunCollector, first: number, byte: number): void {
  for (let bit = 0; bit < 8; bit++) {
    if (((byte >> (7 - bit)) & 1) === 0) free.add((first + bit) * BLOCK_BYTES, BLOCK_BYTES);
  }
}

/**
 * A checkpoint made by unmounting is not enough: what was fsynced after the next mount hangs on to it without
 * another checkpoint, and starts where the next warm node goes.
 */
async function refuseUnclean(
  read: VolumeReader,
  layout: F2fsLayout,
  { flags, version, nextWarmNode }: Checkpoint,
): Promise<void> {
  const odd = CHECKPOINT.disabled | CHECKPOINT.disabledQuick | CHECKPOINT.resizing;
  expectF2fs((flags & odd) === 0, `it is in a state that is not known (0x${flags.toString(16)})`);
  if ((flags & (CHECKPOINT.error | CHECKPOINT.needsCheck)) !== 0) {
    throw new MimeoError('volume-dirty', 'The F2FS volume notes that it is damaged.', {
      next: 'Check it on the master with fsck.f2fs, shut the master down and capture again.',
    });
  }
  const unmounted = (flags & CHECKPOINT.unmounted) !== 0;
  const inArea = nextWarmNode < layout.mainSegments * SEGMENT_BLOCKS;
  const next = inArea ? await read((layout.mainAt + nextWarmNode) * BLOCK_BYTES, BLOCK_BYTES) : null;
  // The upper half may be the checkpoint's checksum.
  const follows = next?.readUInt32LE(NODE_VERSION_AT) === Number(BigInt.asUintN(32, version));
  if (unmounted && !follows) return;
  throw new MimeoError('volume-dirty', 'The F2FS volume was not unmounted cleanly.', {
    next: 'Start the master once, shut it down with "poweroff" and capture again.',
  });
}
