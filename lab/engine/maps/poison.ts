import assert from 'node:assert/strict';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { run } from '../../../src/command.ts';
import { toMimeoError } from '../../../src/errors.ts';
import type { ByteRun } from '../../../src/image/index.ts';
import { describe, differences, type FactSheet } from '../../compare/index.ts';
import { MARKER } from './volume-map.ts';

/** A volume in a file, and the two judges of it that are not ours. */
export interface PoisonSubject {
  /** It is only read; the poison goes into a sparse copy beside it. */
  readonly file: string;
  /** The filesystem's own check; throws when it finds anything. */
  readonly check: (file: string) => Promise<unknown>;
  /** Every file by the filesystem's own driver or tools: names, sizes, hashes and what else it keeps. */
  readonly facts: (file: string) => Promise<FactSheet>;
}

export interface PoisonOutcome {
  readonly poisonedBytes: number;
  /** Of the volume, 0 to 1. */
  readonly share: number;
}

const POISON = Buffer.alloc(1_048_576, 0xaa);
const SCAN_BYTES = 8 * 1_048_576;
const SECTOR_BYTES = 512;

/**
 * The proof of a used map. Every free run is overwritten with 0xAA in a copy: the filesystem must not notice,
 * and enough must have been free (a map that calls everything used would pass any other test). Then the
 * judges are tried: with one sector of the file that holds {@link MARKER} overwritten as well, as if the map
 * were wrong, they must complain. That file must lie in the volume as it is, neither compressed nor inside a
 * structure.
 *
 * @param free sorted and joined, from the volume's start
 * @param options.leastShare so much of the volume must be free, 0 to 1
 */
export async function provePoison(
  subject: PoisonSubject,
  free: readonly ByteRun[],
  options: { readonly leastShare: number },
): Promise<PoisonOutcome> {
  const copy = `${subject.file}.poisoned`;
  const before = await subject.facts(subject.file);
  assert.ok(before.size > 1, 'a volume without files proves nothing');
  await run(['cp', '--sparse=always', subject.file, copy]);
  try {
    const outcome = await overwrite(copy, free);
    assert.equal(await troubleIn(copy, subject, before), '', 'free blocks mattered');
    assert.ok(
      outcome.share >= options.leastShare,
      `only ${(outcome.share * 100).toFixed(1)} % of the volume counts as free`,
    );
    const used = await placeOfMarker(subject.file);
    await overwrite(copy, [{ start: used, length: SECTOR_BYTES }]);
    assert.notEqual(
      await troubleIn(copy, subject, before),
      '',
      `a used sector at ${used} was overwritten and nobody saw it`,
    );
    return outcome;
  } finally {
    await rm(copy, { force: true });
  }
}

/** What the check or the comparison finds, for a person; '' when the filesystem noticed nothing. */
async function troubleIn(copy: string, subject: PoisonSubject, before: FactSheet): Promise<string> {
  try {
    await subject.check(copy);
    return describe(differences(before, await subject.facts(copy)).slice(0, 20));
  } catch (error) {
    return toMimeoError(error).message;
  }
}

async function overwrite(path: string, runs: Iterable<ByteRun>): Promise<PoisonOutcome> {
  await using file = await open(path, 'r+');
  const volumeBytes = (await file.stat()).size;
  let poisonedBytes = 0;
  let end = 0;
  for (const { start, length } of runs) {
    assert.ok(start >= end && length > 0, `the free run at ${start} is not in order`);
    end = start + length;
    assert.ok(end <= volumeBytes, `the free run at ${start} ends past the volume`);
    for (let at = start; at < end; at += POISON.length) {
      const { bytesWritten } = await file.write(POISON, 0, Math.min(POISON.length, end - at), at);
      poisonedBytes += bytesWritten;
    }
  }
  return { poisonedBytes, share: poisonedBytes / volumeBytes };
}

async function placeOfMarker(path: string): Promise<number> {
  const wanted = MARKER.subarray(0, SECTOR_BYTES);
  await using file: FileHandle = await open(path, 'r');
  const { size } = await file.stat();
  const window = Buffer.alloc(SCAN_BYTES);
  for (let at = 0; at < size; at += SCAN_BYTES - SECTOR_BYTES) {
    const { bytesRead } = await file.read(window, 0, SCAN_BYTES, at);
    const found = window.subarray(0, bytesRead).indexOf(wanted);
    if (found >= 0) return at + found;
  }
  throw new Error(`the marker does not lie in ${path} as it is`);
}
