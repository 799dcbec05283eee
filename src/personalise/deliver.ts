import { createHash } from 'node:crypto';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { MimeoError } from '../errors.ts';
import { inWords } from './in-words.ts';
import { volumePath } from './locate.ts';
import { makeFolders, protect } from './make-folders.ts';
import { NEW_SUFFIX } from './replace-in-place.ts';
import type { Edit } from './types.ts';

/** A file of the share that has to be on the volume. */
export interface Delivery {
  /** From the root of the volume, in the spelling of what exists there. */
  readonly path: readonly string[];
  readonly bytes: number;
  /** Hex, in lower case. */
  readonly sha256: string;
  readonly readers: Edit['readers'];
}

/**
 * Gets a part of a file: at least one byte from this place on.
 *
 * @throws MimeoError when it is not to be had
 */
export type Bring = (file: Pick<Delivery, 'sha256' | 'bytes'>, from: number) => Promise<Uint8Array>;

const READ_BYTES = 1_048_576;

/**
 * Brings a file to a mounted volume; one that is there already, by its SHA-256, stays. Whatever stands there otherwise
 * is replaced when the new one is whole. Only SYSTEM and administrators (on Linux: root) may change it.
 *
 * @returns whether it had to be written
 * @throws MimeoError `personalise-not-written`; what `bring` throws
 */
export async function deliver(
  mountPoint: string,
  delivery: Delivery,
  mindCase: boolean,
  bring: Bring,
): Promise<boolean> {
  const words = volumePath(delivery.path, mindCase);
  return await inWords(words, async () => {
    if (delivery.path.some(leadsAway)) throw new Error('its path leads out of its folder');
    const path = join(mountPoint, ...delivery.path);
    await makeFolders(mountPoint, delivery.path.slice(0, -1), delivery.readers);
    if (await isThere(path, delivery)) return false;
    const temporary = `${path}${NEW_SUFFIX}`;
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await protect(temporary, delivery.readers === 'everyone' ? 0o644 : 0o600);
      await write(file, delivery, words, bring);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return true;
  });
}

/**
 * Whether a file is there as it should be, read back whole.
 *
 * @throws MimeoError `personalise-not-written` when it is not
 */
export async function verifyDelivery(
  mountPoint: string,
  delivery: Delivery,
  mindCase: boolean,
): Promise<void> {
  if (await isThere(join(mountPoint, ...delivery.path), delivery)) return;
  throw new MimeoError(
    'personalise-not-written',
    `${volumePath(delivery.path, mindCase)} does not read back as it was written.`,
  );
}

function leadsAway(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..' || /[/\\\0]/.test(segment);
}

async function write(file: FileHandle, delivery: Delivery, words: string, bring: Bring): Promise<void> {
  const hash = createHash('sha256');
  for (let at = 0; at < delivery.bytes; ) {
    const part = await bring(delivery, at);
    if (part.length === 0 || at + part.length > delivery.bytes) {
      throw new MimeoError(
        'personalise-not-written',
        `${words} came with another length than it should have.`,
      );
    }
    hash.update(part);
    await file.writeFile(part);
    at += part.length;
  }
  if (hash.digest('hex') !== delivery.sha256) {
    throw new MimeoError(
      'personalise-not-written',
      `${words} is not the file that was there when the deployment was planned.`,
      { next: 'It was changed in the share meanwhile: retry the deployment.' },
    );
  }
}

async function isThere(path: string, { bytes, sha256 }: Delivery): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size !== bytes) return false;
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) break;
      hash.update(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex') === sha256;
}
