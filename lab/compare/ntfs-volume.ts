import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import type { Holdings } from '../network/index.ts';
import { mountNtfs } from '../ntfs/mount.ts';
import { eachExtendedFact } from './extended-attributes.ts';
import type { FactSheet, Facts } from './facts.ts';

/** Files read at the same time; the driver answers one after the other anyway. */
const AT_ONCE = 8;

/**
 * Everything that can be known of the files of an NTFS volume (a file that holds one), read-only: contents,
 * what they take on the disk (holes, compression), file record and links, attributes, times, permissions,
 * reparse data, streams.
 */
export async function readNtfsVolume(
  file: string,
  options: { readonly mountPoint: string; readonly holdings: Holdings },
): Promise<FactSheet> {
  const mount = await mountNtfs(file, options.mountPoint, { holdings: options.holdings, readOnly: true });
  const sheet = new Map<string, Record<string, string>>();
  const paths = await pathsBelow(mount.folder, '');
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const some = paths.slice(at, at + AT_ONCE);
    const facts = await Promise.all(some.map((path) => plainFacts(join(mount.folder, path))));
    for (const [index, path] of some.entries()) sheet.set(path, { ...facts[index] });
  }
  await eachExtendedFact(mount.folder, (path, name, value) => {
    const facts = sheet.get(path);
    if (facts === undefined) throw new Error(`${path} has attributes, but the walk did not find it`);
    facts[name] = value;
  });
  await mount.unmount();
  return sheet;
}

/** Whether the volume needs repair: what ntfsfix finds without changing anything. Null: nothing. */
export async function ntfsComplaint(file: string): Promise<string | null> {
  const { status, stdout, stderr } = await run(['ntfsfix', '--no-action', file], { allowStatus: [0, 1] });
  const clean = status === 0 && /processed successfully/.test(stdout.toString());
  return clean ? null : `${stdout.toString()}${stderr}`;
}

async function pathsBelow(root: string, folder: string): Promise<string[]> {
  const paths = [folder];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await pathsBelow(root, path)));
    else paths.push(path);
  }
  return paths;
}

async function plainFacts(path: string): Promise<Facts> {
  const status = await lstat(path);
  const common = { 'file record': String(status.ino), links: String(status.nlink) };
  // Where a junction leads stands in its reparse data; ntfs-3g's own reading depends on the mount point.
  if (status.isSymbolicLink()) return { ...common, kind: 'link' };
  if (status.isDirectory()) return { ...common, kind: 'folder' };
  const place = { size: String(status.size), allocated: String(status.blocks * 512) };
  return {
    ...common,
    ...place,
    kind: 'file',
    content: createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  };
}
