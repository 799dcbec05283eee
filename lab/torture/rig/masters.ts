import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';

const MIB = 1_048_576;

/** A file of this many random bytes, made in pieces. */
export async function writeRandom(path: string, bytes: number, offset = 0): Promise<void> {
  const file = await open(path, offset === 0 ? 'a' : 'r+');
  await file.close();
  const target = await open(path, 'r+');
  try {
    for (let done = 0; done < bytes; ) {
      const piece = randomBytes(Math.min(8 * MIB, bytes - done));
      await target.write(piece, 0, piece.length, offset + done);
      done += piece.length;
    }
  } finally {
    await target.close();
  }
}

/** A sparse file in the place of an empty disk. */
export async function blankDisk(path: string, bytes: number): Promise<string> {
  await rm(path, { force: true });
  await writeFile(path, '');
  await truncate(path, bytes);
  return path;
}

/**
 * A disk with an MBR, a loader in the gap, and one ext4 partition that holds files of random bytes: what
 * compression and used masks can do nothing about.
 */
export async function ext4Disk(path: string, contentMib: number): Promise<{ volume: string; bytes: number }> {
  const tree = `${path}.tree`;
  const volume = `${path}.volume`;
  const volumeBytes = Math.ceil(contentMib * 1.15 + 24) * MIB;
  await mkdir(tree);
  const files = Math.max(1, Math.round(contentMib / 8));
  for (let i = 0; i < files; i++) await writeRandom(join(tree, `file-${i}`), (contentMib * MIB) / files);
  await blankDisk(volume, volumeBytes);
  await run(['mkfs.ext4', '-q', '-F', '-d', tree, volume]);
  await rm(tree, { recursive: true });
  const bytes = volumeBytes + 2 * MIB;
  await blankDisk(path, bytes);
  const partition = `start=2048, size=${volumeBytes / 512}, type=83, bootable`;
  await run(['sfdisk', '--quiet', path], { input: `label: dos\nlabel-id: 0x0badcafe\n${partition}\n` });
  await writeRandom(path, 64 * 1024, 512);
  await run(['dd', `if=${volume}`, `of=${path}`, 'bs=1M', 'seek=1', 'conv=notrunc,sparse', 'status=none']);
  return { volume, bytes };
}

/** A disk with an MBR and one partition without a filesystem, every byte of it random. */
export async function rawDisk(path: string, contentMib: number): Promise<string> {
  await blankDisk(path, (contentMib + 2) * MIB);
  const partition = `start=2048, size=${contentMib * 2048}, type=da`;
  await run(['sfdisk', '--quiet', path], { input: `label: dos\nlabel-id: 0x00c0ffee\n${partition}\n` });
  await writeRandom(path, contentMib * MIB, MIB);
  return path;
}

/** A disk with an old system all over it: MBR with boot code, a GPT at its end, no byte of it empty. */
export async function oldDisk(path: string, bytes: number): Promise<string> {
  await blankDisk(path, bytes);
  await writeRandom(path, bytes);
  await run(['sfdisk', '--quiet', '--wipe', 'never', path], {
    input: `label: gpt\nstart=2048, size=${bytes / 512 - 4096}\n`,
  });
  return path;
}
