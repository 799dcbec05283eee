import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import type { AptSource, DebianMirror } from './sources.ts';
import { findDebianMirror, mirrorFromUrl, parseDeb822Sources, parseOneLineSources } from './sources.ts';

const keyrings = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];

/** Every package source this machine's apt is configured with. */
export async function machineSources(folder = '/etc/apt'): Promise<AptSource[]> {
  const sources: AptSource[] = [];
  const parts = join(folder, 'sources.list.d');
  const names = existsSync(parts) ? (await readdir(parts)).sort() : [];
  for (const path of [join(folder, 'sources.list'), ...names.map((name) => join(parts, name))]) {
    if (!existsSync(path)) continue;
    if (path.endsWith('.list')) sources.push(...parseOneLineSources(await readFile(path, 'utf8')));
    if (path.endsWith('.sources')) sources.push(...parseDeb822Sources(await readFile(path, 'utf8')));
  }
  return sources;
}

/**
 * The mirror to take Debian's packages from: the named one, else the machine's own.
 *
 * @throws MimeoError `no-debian-mirror` when the machine has none and none was named.
 */
export async function chooseMirror(named: string | undefined, folder = '/etc/apt'): Promise<DebianMirror> {
  if (named !== undefined) return mirrorFromUrl(named);
  const mirror = findDebianMirror(await machineSources(folder));
  if (mirror === null) {
    throw new MimeoError(
      'no-debian-mirror',
      `The package sources of this machine in ${folder} name no Debian mirror.`,
    );
  }
  return mirror;
}

/**
 * The keyring that Debian's packages are checked with.
 *
 * @throws MimeoError `no-debian-keyring` when the machine does not have it.
 */
export function debianKeyring(): string {
  const keyring = keyrings.find((path) => existsSync(path));
  if (keyring === undefined) {
    throw new MimeoError(
      'no-debian-keyring',
      `Debian's archive keys (${keyrings[0]}) are not on this machine.`,
    );
  }
  return keyring;
}
