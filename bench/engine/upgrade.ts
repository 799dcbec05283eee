import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartitionView, withNtfs } from '../../src/disk/index.ts';
import { packageFiles } from './package-files.ts';
import { Seeded } from './seeded.ts';

const MIB = 1_048_576;
/** Packages that Debian's security team really has to rebuild, as far as they are installed here. */
export const OFTEN_FIXED =
  /^(bind9|bash|busybox|chromium|curl|dnsmasq|exim4|expat|firefox|ghostscript|git|glib|gnutls|imagemagick|libav|libc-bin|libc6|libcurl|libexpat|libglib2|libgnutls|libkrb5|libpython3|librsvg|libsqlite3|libssl|libtiff|libwebkit|libx11|libxml2|linux-(image|libc-dev)|nodejs|openjdk|openssh|openssl|ovmf|perl|perl-base|python3\.\d+|qemu|rsync|ruby|samba|sudo|systemd|vim|xserver|xz-utils|zlib1g)/;

/** Every so manieth of them has been fixed since the first version. */
const EVERY = 3;

/**
 * A security upgrade as dpkg does it: every file of the packages that changed is written anew beside the old
 * one and renamed over it; the lists of packages grow.
 */
export async function upgrade(
  view: PartitionView,
): Promise<{ upgraded_packages: number; upgraded_mib: number }> {
  const files = await packageFiles(0, OFTEN_FIXED);
  const all = [...new Set(files.map((file) => file.package))];
  const names = new Set(all.filter((_, i) => i % EVERY === 0));
  const random = new Seeded(424_242);
  let bytes = 0;
  await withNtfs(view, { readOnly: false }, async (root) => {
    for (const file of files) {
      if (!names.has(file.package)) continue;
      const path = join(root, file.path);
      const content = await readFile(path).catch(() => null);
      if (content === null) continue;
      rebuild(content, random);
      await writeFile(`${path}.dpkg-new`, content);
      await rename(`${path}.dpkg-new`, path);
      bytes += content.length;
    }
    for (const name of names) await appendFile(join(root, 'dpkg.log'), `status installed ${name}\n`);
  });
  return { upgraded_packages: names.size, upgraded_mib: Math.round(bytes / MIB) };
}

/** A rebuilt program: a build id, addresses and versions differ here and there. */
function rebuild(content: Buffer, random: Seeded): void {
  for (let at = random.below(64); at + 4 <= content.length; at += 256 + random.below(8192)) {
    content.writeUInt32LE(random.next(), at);
  }
}
