import type { Disk } from '../../disk/index.ts';
import { MimeoError } from '../../errors.ts';
import { type ChunkId, unusedRuns, usedRuns } from '../../image/index.ts';
import { type ChunkRoom, FRAME_ROOM } from './chunk-memory.ts';
import type { Crew } from './crew.ts';
import type { DiskPorts, Reply } from './job.ts';

/** A disk that a crew works on. */
export interface CrewDisk {
  readonly crew: Crew;
  readonly disk: Disk;
  readonly ports: DiskPorts;
}

/** A chunk's place on a disk. */
export interface Place {
  /** From the start of the disk. */
  readonly offset: number;
  readonly length: number;
  readonly mask: Uint8Array;
}

/**
 * Reads a chunk's used blocks into `room`, zeros where the others are, and hashes it.
 * @throws MimeoError `disk-failed`
 */
export async function readChunk(on: CrewDisk, place: Place, room: ChunkRoom): Promise<ChunkId> {
  const { offset, length, mask } = place;
  const runs = usedRuns(mask, length);
  const from = runs[0]?.start ?? 0;
  const last = runs.at(-1);
  const to = last === undefined ? 0 : last.start + last.length;
  const holes = unusedRuns(mask, length).flatMap(({ start, length: bytes }) => [start, start + bytes]);
  const job = { op: 'read', at: room.at, length, ports: on.ports, offset, from, to, holes } as const;
  const reply = await on.crew.perform(job);
  if (reply.kind === 'failed') throw failed(on, reply, 'read');
  if (reply.kind !== 'named') throw unexpected(reply);
  return reply.id;
}

/** Hashes the chunk in `room`. */
export async function nameChunk(crew: Crew, { at, length }: ChunkRoom): Promise<ChunkId> {
  const reply = await crew.perform({ op: 'name', at, length });
  if (reply.kind !== 'named') throw unexpected(reply);
  return reply.id;
}

/** The zstd frame of the chunk in `room`. */
export async function packChunk(crew: Crew, { at, length }: ChunkRoom): Promise<Buffer> {
  const reply = await crew.perform({ op: 'pack', at, length });
  if (reply.kind !== 'packed') throw unexpected(reply);
  return Buffer.from(reply.frame.buffer);
}

/**
 * Decompresses a frame into `room` and checks it.
 * @param frame copied before this returns
 * @param to where the chunk is written if it is right; nowhere without it
 * @returns what is wrong with the frame, or null
 * @throws MimeoError `disk-failed`
 */
export async function unpackChunk(
  crew: Crew,
  frame: Uint8Array,
  id: ChunkId,
  room: ChunkRoom,
  to?: { readonly on: CrewDisk; readonly offset: number },
): Promise<string | null> {
  if (frame.length > FRAME_ROOM) return `it has ${frame.length} bytes, more than any frame of a chunk`;
  room.frame.set(frame);
  const { at, length, frameAt } = room;
  const write = to === undefined ? null : { ports: to.on.ports, offset: to.offset };
  const reply = await crew.perform({
    op: 'unpack',
    at,
    length,
    frameAt,
    frameLength: frame.length,
    id,
    write,
  });
  if (reply.kind === 'bad') return reply.words;
  if (reply.kind === 'failed' && to !== undefined) throw failed(to.on, reply, 'written');
  if (reply.kind !== 'done') throw unexpected(reply);
  return null;
}

/** Writes the chunk in `room` to its place. @throws MimeoError `disk-failed` */
export async function writeChunk(on: CrewDisk, offset: number, { at, length }: ChunkRoom): Promise<void> {
  const reply = await on.crew.perform({ op: 'write', at, length, ports: on.ports, offset });
  if (reply.kind === 'failed') throw failed(on, reply, 'written');
  if (reply.kind !== 'done') throw unexpected(reply);
}

function failed(
  { disk }: CrewDisk,
  { offset, words }: { offset: number; words: string },
  what: string,
): MimeoError {
  return new MimeoError('disk-failed', `${disk.path} could not be ${what} at byte ${offset}: ${words}`);
}

function unexpected(reply: Reply): MimeoError {
  return new MimeoError('internal', `A thread answered "${reply.kind}".`);
}
