import {
  encodeSavedTable,
  flushDisk,
  makeUnbootable,
  openDisk,
  readSavedTable,
  refuseUnfit,
  refuseUnwritable,
} from '../disk/index.ts';
import { MimeoError } from '../errors.ts';
import { ZERO_CHUNK_ID } from '../image/index.ts';
import { Crew } from './crew/crew.ts';
import { openPorts } from './crew/disk-ports.ts';
import type { DeployOptions, DeployReport } from './deploy-options.ts';
import { MissingChunks } from './missing-chunks.ts';
import type { ChunkSource } from './ports.ts';
import { ProgressMeter } from './progress-meter.ts';
import { READERS, type Survey, survey, totalBytes } from './survey.ts';
import { chunkNumbers, type TargetChunk, TargetChunks } from './target-chunk.ts';
import { verifyChunks } from './verify-chunks.ts';
import { type WriteItem, writeChunks } from './write-chunks.ts';

const DEFAULT_IN_FLIGHT = 8;
/** Chunks read back for others at the same time. */
const READ_BACK = 2;

/**
 * Puts an image's data on a disk: saves the old partition table, finds what is right already, fetches the
 * rest, makes the disk unbootable when the first chunk is in hand, writes in the order of the disk, brings it
 * to the disk and reads it back. The disk has no partition table afterwards: growing and personalising come
 * next, `finishDisk` last. At whatever instant it is cut short, running it again continues; until `onTouch` is
 * called not a byte of the disk has changed.
 *
 * Memory: at most 256 MiB beyond the runtime, whatever the size of the image.
 *
 * @throws MimeoError before anything is written: `disk-too-small`, `sector-size-differs`, `disk-busy`,
 * `index-damaged`, `table-unwritable`, and what `saveTable` throws; later: `chunk-damaged`, `disk-failed`, `disk-lies`, and what
 * the source throws. The signal's reason when aborted.
 */
export async function deployDisk(options: DeployOptions): Promise<DeployReport> {
  const { index, layout, source, signal } = options;
  await using disk = await openDisk(options.disk, 'write');
  refuseUnfit(layout, { device: disk.path, sizeBytes: disk.sizeBytes, sectorBytes: disk.sectorBytes });
  if (layout.diskBytes !== disk.sizeBytes) {
    throw new MimeoError('internal', `The layout was fitted to another disk than ${disk.path}.`);
  }
  // A table that cannot be written must not be found out about when the old system is gone.
  await refuseUnwritable(layout);
  const meter = new ProgressMeter(options.onProgress);
  const inFlight = options.inFlight ?? DEFAULT_IN_FLIGHT;
  await using open = await openPorts(disk, 'write');
  await using crew = new Crew(Math.max(inFlight, READERS) + (source.arrivals ? READ_BACK : 0));
  const on = { crew, disk, ports: open.ports };
  const common = { on, meter, signal, source };
  // Walking all places once refuses a wrong index before the first write.
  const targets = new TargetChunks(index, layout, options.keep);
  const all = (): Generator<TargetChunk> => targets.all();
  totalBytes(all());

  signal.throwIfAborted();
  const saved = await readSavedTable(disk);
  if (saved !== null) await options.saveTable(encodeSavedTable(saved));
  const wiped = saved?.pieces.map(({ offset, bytes }) => ({ offset, length: bytes.length })) ?? [];
  // What the survey calls right must come from the disk, not from memory.
  await flushDisk(disk);
  const found = await survey({ on, meter, signal, chunks: all, count: chunkNumbers(index), wiped });
  let disarmed: Promise<void> | null = null;
  const disarm = (): Promise<void> => {
    disarmed ??= touch();
    return disarmed;
  };
  const touch = async (): Promise<void> => {
    signal.throwIfAborted();
    options.onTouch?.();
    await makeUnbootable(disk, saved);
  };
  const rest = (): Iterable<TargetChunk> => without(all(), found);
  const keep = options.keep ?? new Set();
  // Of no use to a source that brings chunks as it is asked. Closed before the disk is.
  await using missing = source.arrivals ? new MissingChunks({ index, keep, targets, found, on }) : null;
  const written = await writeChunks({
    ...common,
    items: missing === null ? inOrder(rest()) : asTheyCome(source, missing, rest, signal),
    totalBytes: totalBytes(rest()),
    inFlight,
    beforeWrite: disarm,
  });
  missing?.demandAll();
  // Also where nothing differs: growing and personalising write next.
  await disarm();
  const readBack = await flushDisk(disk);
  const rewrittenChunks = options.verify ? await verifyChunks({ ...common, chunks: rest }) : 0;
  return {
    reusedBytes: found.reusedBytes,
    writtenBytes: written.bytes,
    networkBytes: meter.networkBytes,
    badChunks: written.bad,
    rewrittenChunks,
    readBack: options.verify && readBack,
  };
}

function* without(chunks: Iterable<TargetChunk>, found: Survey): Generator<TargetChunk> {
  for (const chunk of chunks) if (!found.has(chunk.number)) yield chunk;
}

function* inOrder(chunks: Iterable<TargetChunk>): Generator<WriteItem> {
  for (const chunk of chunks) yield { chunk };
}

/** The chunks that the source brings, then those of zeros, which nobody has to bring. */
async function* asTheyCome(
  source: ChunkSource,
  missing: MissingChunks,
  rest: () => Iterable<TargetChunk>,
  signal: AbortSignal,
): AsyncGenerator<WriteItem> {
  for await (const number of source.arrivals?.(missing, signal) ?? []) {
    const [chunk, ...others] = missing.places(number);
    if (chunk !== undefined) yield { chunk, others, onWritten: () => missing.settle(number) };
  }
  for (const chunk of rest()) if (chunk.id === ZERO_CHUNK_ID) yield { chunk };
}
