import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../../../src/command.ts';
import { parseGetfattr } from '../../compare/extended-attributes.ts';
import type { FactSheet } from '../../compare/index.ts';

/**
 * Everything below a mounted or copied tree that a map could damage: kind, size, mode, owner, links,
 * SHA-256 of the content, extended attributes (with ntfs-3g also the named streams).
 *
 * @param options.attributes a regular expression for getfattr; null where there are none
 */
export async function treeFacts(
  root: string,
  options: { readonly attributes: string | null } = { attributes: '-' },
): Promise<FactSheet> {
  const sheet = new Map<string, Record<string, string>>();
  for (const path of ['', ...(await readdir(root, { recursive: true })).sort()]) {
    const whole = join(root, path);
    const stat = await lstat(whole);
    const facts: Record<string, string> = {
      mode: stat.mode.toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      modified: String(stat.mtimeMs),
    };
    if (stat.isSymbolicLink()) facts['target'] = await readlink(whole);
    if (stat.isFile()) {
      facts['links'] = String(stat.nlink);
      facts['size'] = String(stat.size);
      facts['sha256'] = await hashOf(whole);
    }
    sheet.set(path, facts);
  }
  if (options.attributes !== null) await addAttributes(root, options.attributes, sheet);
  return sheet;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash);
  return hash.digest('hex');
}

async function addAttributes(
  root: string,
  match: string,
  sheet: Map<string, Record<string, string>>,
): Promise<void> {
  const walk = ['getfattr', '--recursive', '--physical', '--no-dereference', '--encoding=hex', '--dump'];
  // Status 1: a file without any.
  const { stdout } = await run([...walk, '--match', match, '.'], { cwd: root, allowStatus: [0, 1] });
  for (const { path, attribute, value } of parseGetfattr(stdout)) {
    const facts = sheet.get(path);
    if (facts === undefined) throw new Error(`getfattr names ${path}, which was not listed`);
    facts[`attribute ${attribute}`] = value;
  }
}
