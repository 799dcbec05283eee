import { copyFile, link, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../../src/command.ts';
import { ATTRIBUTE, type Content, type TreeEntry } from './entry.ts';

/** Windows file time (100 ns since 1601) of a moment. */
export function fileTime(moment: Date): bigint {
  return (BigInt(moment.getTime()) + 11_644_473_600_000n) * 10_000n;
}

/**
 * Writes a tree to a mounted NTFS volume: folders, contents, links; then streams and attributes, and the
 * times last of all, because everything before would change them.
 *
 * @param first the time of the first entry; each further one is a second later
 */
export async function writeTree(root: string, entries: readonly TreeEntry[], first: Date): Promise<void> {
  for (const entry of entries) {
    const path = join(root, entry.path);
    await mkdir(entry.kind === 'folder' ? path : dirname(path), { recursive: true });
    // New files inherit it: a folder must be compressed before they come.
    const compressed = (entry.attributes ?? 0) & ATTRIBUTE.compressed;
    if (compressed !== 0) await restoreAttributes(root, [[entry.path, attributeLine(entry.attributes ?? 0)]]);
    if (entry.kind === 'folder') continue;
    await writeContent(path, entry.content);
    for (const other of entry.hardLinks ?? []) {
      await mkdir(dirname(join(root, other)), { recursive: true });
      await link(path, join(root, other));
    }
  }
  await restoreAttributes(root, entries.flatMap(extendedAttributes));
  const start = fileTime(first);
  const paths = [...new Set(entries.flatMap((entry) => withParents(entry.path)))].sort(
    (a, b) => b.length - a.length,
  );
  const times = paths.map((path, index): [string, string] => [
    path,
    timesLine(start + BigInt(index) * 10_000_000n),
  ]);
  await restoreAttributes(root, times);
}

async function writeContent(path: string, content: Content): Promise<void> {
  if ('copyOf' in content) return copyFile(content.copyOf, path);
  if ('bytes' in content) return writeFile(path, content.bytes);
  const file = await open(path, 'w');
  try {
    await file.truncate(content.size);
    for (const { at, bytes } of content.pieces) await file.write(bytes, 0, bytes.length, at);
  } finally {
    await file.close();
  }
}

function extendedAttributes(entry: TreeEntry): [string, string][] {
  const lines = Object.entries(entry.streams ?? {}).map(([name, bytes]) => `user.${name}=${hex(bytes)}`);
  if (entry.attributes !== undefined) lines.push(attributeLine(entry.attributes));
  if (entry.kind === 'folder' && entry.reparseData)
    lines.push(`system.ntfs_reparse_data=${hex(entry.reparseData)}`);
  return lines.map((line) => [entry.path, line]);
}

function attributeLine(attributes: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(attributes);
  return `system.ntfs_attrib=${hex(bytes)}`;
}

/** Creation, last write and last access; ntfs-3g takes them together. */
function timesLine(time: bigint): string {
  const bytes = Buffer.alloc(24);
  for (const at of [0, 8, 16]) bytes.writeBigUInt64LE(time, at);
  return `system.ntfs_times=${hex(bytes)}`;
}

/** A path and the folders it lies in. */
function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Sets many extended attributes by one setfattr. */
async function restoreAttributes(root: string, lines: readonly (readonly [string, string])[]): Promise<void> {
  const quoted = (path: string): string => path.replaceAll('\\', '\\134').replaceAll('\n', '\\012');
  const input = lines.map(([path, line]) => `# file: ${quoted(path)}\n${line}\n\n`).join('');
  await run(['setfattr', '--no-dereference', '--restore=-'], { cwd: root, input });
}

function hex(bytes: Buffer): string {
  return `0x${bytes.toString('hex')}`;
}
