/** One entry of an archive. Paths are relative, without a leading slash; folders come before their files. */
export type CpioEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly content: Uint8Array; readonly mode?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

const FOLDER = 0o040000;
const FILE = 0o100000;
const LINK = 0o120000;

/**
 * An archive in the `newc` format that the Linux kernel unpacks as an initramfs (kernel documentation,
 * `driver-api/early-userspace/buffer-format`). Everything belongs to root and carries time 0, so that equal
 * input gives equal bytes. The result is padded with zeroes to 512 bytes: another archive, also a compressed
 * one, may follow.
 */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  let inode = 0;
  for (const entry of entries) {
    inode += 1;
    if (entry.kind === 'folder') parts.push(record(inode, entry.path, FOLDER | 0o755, 2, Buffer.alloc(0)));
    else if (entry.kind === 'link') {
      parts.push(record(inode, entry.path, LINK | 0o777, 1, Buffer.from(entry.target)));
    } else parts.push(record(inode, entry.path, FILE | (entry.mode ?? 0o644), 1, entry.content));
  }
  parts.push(record(0, 'TRAILER!!!', 0, 1, Buffer.alloc(0)));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  parts.push(Buffer.alloc(padding(length, 512)));
  return Buffer.concat(parts);
}

function record(inode: number, path: string, mode: number, links: number, content: Uint8Array): Buffer {
  if (path.startsWith('/') || path === '') throw new RangeError(`cpio path must be relative: "${path}"`);
  if (content.length > 0xffff_ffff) throw new RangeError(`${path} is too large for a newc archive`);
  const name = Buffer.from(`${path}\0`);
  // inode, mode, uid, gid, links, time, size, device major and minor, node major and minor, name length, check
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([
    head,
    name,
    Buffer.alloc(padding(head.length + name.length, 4)),
    content,
    Buffer.alloc(padding(content.length, 4)),
  ]);
}

function padding(length: number, unit: number): number {
  return (unit - (length % unit)) % unit;
}
