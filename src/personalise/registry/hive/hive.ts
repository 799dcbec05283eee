import { MimeoError } from '../../../errors.ts';
import { numberOf } from '../registry-data.ts';
import { type ByteSource, bufferSource } from './byte-source.ts';
import { BINS, Cells } from './cells.ts';
import { type HiveHeader, readHeader } from './header.ts';
import { HiveKey } from './hive-key.ts';

/** The first version that splits large values into pieces. */
const SPLITS_SINCE = 4;

/** A registry hive, read only, and only where it is looked at. */
export interface Hive {
  readonly header: HiveHeader;
  readonly cells: Cells;
  readonly root: HiveKey;
  /**
   * The key of a path below the root, in any case; null when there is none.
   *
   * @param path backslashes between the names; in a SYSTEM hive `CurrentControlSet` is the one that `\Select` names
   * @throws MimeoError `hive-invalid`
   */
  key(path: string): HiveKey | null;
}

export interface ReadHiveOptions {
  /** Names the file in messages. Default: `the hive`. */
  readonly where?: string;
  /** Reads a hive that was not closed cleanly, too: what it says may be old. Default: refused. */
  readonly evenDirty?: boolean;
}

/**
 * Opens a hive: checks its first block, finds its root. Everything else is read, and checked, when it is looked at.
 *
 * @param bytes the whole file, or a {@link ByteSource} that reads it piece by piece
 * @throws MimeoError `hive-invalid` with file and offset, `hive-dirty`
 */
export function readHive(bytes: Uint8Array | ByteSource, options: ReadHiveOptions = {}): Hive {
  const source = bytes instanceof Uint8Array ? bufferSource(bytes) : bytes;
  const where = options.where ?? 'the hive';
  const header = readHeader(source.read(0, BINS), source.length, where);
  if (header.dirty && options.evenDirty !== true) {
    throw new MimeoError('hive-dirty', `${where} was not closed: Windows was still writing it.`);
  }
  const cells = new Cells(source, where, header.binsSize);
  const root = new HiveKey(cells, header.root, header.minorVersion >= SPLITS_SINCE);
  return { header, cells, root, key: (path) => root.key(resolveControlSet(root, path)) };
}

/**
 * `CurrentControlSet` exists only while Windows runs: in the file it is `ControlSet001` or the like, as the value
 * `Current` of `\Select` says. Any other path stays as it is, also where there is no such value.
 */
export function resolveControlSet(root: HiveKey, path: string): string {
  const rest = /^\\?CurrentControlSet(?=\\|$)/i.exec(path);
  if (rest === null) return path;
  const current = root.subkey('Select')?.value('Current')?.data;
  const number = current === undefined ? null : numberOf(current);
  if (number === null) return path;
  return `ControlSet${String(number).padStart(3, '0')}${path.slice(rest[0].length)}`;
}
