import { MimeoError } from '../errors.ts';
import { checkImageName, formatImageReference, type ImageIndex, isImageName } from '../image/index.ts';
import type { IndexShelf } from './shelf.ts';
import type { SignedIndexes } from './signed-indexes.ts';

/** What a rename works on. */
export interface RenamePorts {
  readonly indexes: IndexShelf;
  readonly signed: SignedIndexes;
}

/**
 * Renames an image so that a crash loses nothing: what is to be done is noted durably, every version is written
 * under the new name, and only then do the old ones go. {@link finishRename} does the rest after a crash.
 * @param from the name as it is in the shelf
 * @param to a name under which the shelf has no version
 * @param onIndex told of every index before anything is changed
 */
export async function renameImage(
  { indexes, signed }: RenamePorts,
  from: string,
  to: string,
  onIndex: (index: ImageIndex) => void,
): Promise<void> {
  await checkNumbers(indexes, from, to);
  for (const version of await indexes.versions(from)) {
    const read = await signed.read(from, version);
    if (read) onIndex(read.index);
  }
  await indexes.writeNote(from, 'renaming', Buffer.from(to));
  try {
    await copyVersions({ indexes, signed }, from, to);
  } catch (error) {
    await takeBack(indexes, from, to);
    throw error;
  }
  await removeOld(indexes, from, to);
}

/** Finishes what a crash interrupted; nothing to do when no rename was under way. */
export async function finishRename({ indexes, signed }: RenamePorts, from: string): Promise<void> {
  const to = (await indexes.readNote(from, 'renaming'))?.toString();
  if (to === undefined) return;
  if (isImageName(to)) {
    await copyVersions({ indexes, signed }, from, to);
    await removeOld(indexes, from, to);
  } else await indexes.writeNote(from, 'renaming', null);
}

/** A number that was given to a version of the new name must not come to stand for another one. */
async function checkNumbers(indexes: IndexShelf, from: string, to: string): Promise<void> {
  checkImageName(to);
  const gone = new Set(await indexes.removedNumbers(to));
  const twice = (await indexes.versions(from)).filter((version) => gone.has(version));
  if (twice.length === 0) return;
  throw new MimeoError(
    'image-exists',
    `There was an image ${to}, whose removed versions ${twice.join(', ')} had the numbers that those of ${from} have.`,
    { next: 'Choose a name that was not used before.' },
  );
}

async function copyVersions({ indexes, signed }: RenamePorts, from: string, to: string): Promise<void> {
  const there = new Set(await indexes.versions(to));
  // Numbers were disjoint when the rename began: what is gone there was removed after it was copied.
  const gone = new Set(await indexes.removedNumbers(to));
  for (const version of await indexes.versions(from)) {
    if (gone.has(version)) continue;
    const read = await signed.read(from, version);
    if (read === null) continue;
    const renamed = { ...read.index, name: to };
    if (!there.has(version)) await signed.write(renamed);
    else if (!(await signed.holds(renamed))) {
      throw new MimeoError(
        'image-exists',
        `Image ${from} was being renamed to ${to}, but there is another ${formatImageReference(to, version)}.`,
        { next: `Remove one of the two; the rest of ${from} follows when the server starts again.` },
      );
    }
  }
  for (const version of await indexes.removedNumbers(from)) {
    if (!there.has(version) && !gone.has(version)) await indexes.remove(to, version, 'removed');
  }
  const labels = await indexes.readNote(from, 'labels');
  if (labels !== null && (await indexes.readNote(to, 'labels')) === null) {
    await indexes.writeNote(to, 'labels', labels);
  }
}

/** The old versions, each only when the new one is there, or was removed since. */
async function removeOld(indexes: IndexShelf, from: string, to: string): Promise<void> {
  const there = new Set([...(await indexes.versions(to)), ...(await indexes.removedNumbers(to))]);
  for (const version of await indexes.versions(from)) {
    if (there.has(version)) await indexes.remove(from, version, 'renamed');
  }
  await indexes.writeNote(from, 'labels', null);
  await indexes.writeNote(from, 'renaming', null);
}

/** Undoes the copies. Should that fail as well, the next start goes on with the rename. */
async function takeBack(indexes: IndexShelf, from: string, to: string): Promise<void> {
  try {
    for (const version of await indexes.versions(to)) await indexes.remove(to, version, 'renamed');
    await indexes.writeNote(to, 'labels', null);
    await indexes.writeNote(from, 'renaming', null);
  } catch {
    // Nothing is lost: every version is still there under its old name.
  }
}
