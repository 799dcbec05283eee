import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import { blankVolume, MIB } from '../maps/volume-map.ts';

/** An NTFS volume in a file, with files in it, at rest. */
export async function ntfsVolume(path: string, sizeBytes: number, files = 6): Promise<string> {
  await blankVolume(path, sizeBytes);
  const geometry = ['--partition-start', '2048', '--heads', '255', '--sectors-per-track', '63'];
  await run(['mkntfs', '--quick', '--force', '--quiet', '--label', 'Sample', ...geometry, path]);
  for (let i = 0; i < files; i++) {
    const source = `${path}.content`;
    await writeFile(source, randomBytes(1 + ((i * 77_777) % 900_000)));
    await run(['ntfscp', '--force', '--quiet', path, source, `file ${i}.bin`]);
    await rm(source);
  }
  return path;
}

/** An ext4 (or other ext) volume in a file, filled from a folder. */
export async function extVolume(path: string, sizeBytes: number, type = 'ext4'): Promise<string> {
  await blankVolume(path, sizeBytes);
  const tree = `${path}.tree`;
  await mkdir(tree);
  for (let i = 0; i < 20; i++) await writeFile(join(tree, `file-${i}`), randomBytes((i * 31_337) % 300_000));
  await run(['mkfs.ext4', '-q', '-F', '-t', type, '-L', 'sample', '-d', tree, path]);
  await rm(tree, { recursive: true });
  return path;
}

/** A FAT volume in a file. */
export async function fatVolume(path: string, sizeBytes: number, bits: 16 | 32): Promise<string> {
  await blankVolume(path, sizeBytes);
  await run(['mkfs.vfat', '-F', String(bits), '-n', 'SAMPLE', path]);
  const source = `${path}.content`;
  await writeFile(source, randomBytes(700_000));
  await run(['mcopy', '-i', path, source, '::FILE.BIN']);
  await rm(source);
  return path;
}

/** A disk of 112 MiB with NTFS, ext4 and FAT partitions and boot code. */
export async function sampleDisk(folder: string, table: 'dos' | 'gpt'): Promise<string> {
  const path = await blankVolume(join(folder, `${table}.raw`), 112 * MIB);
  const types = table === 'dos' ? ['7', '83', 'c'] : ['EBD0A0A2-B9E5-4433-87C0-68B6B72699C7', 'L', 'U'];
  const lines = [
    `label: ${table}`,
    `start=2048, size=81920, type=${types[0]}${table === 'dos' ? ', bootable' : ''}`,
    `start=83968, size=65536, type=${types[1]}`,
    `start=149504, size=69632, type=${types[2]}`,
  ];
  await run(['sfdisk', '--quiet', path], { input: `${lines.join('\n')}\n` });
  const parts = [
    { at: 1, volume: await ntfsVolume(join(folder, 'p1'), 40 * MIB) },
    { at: 41, volume: await extVolume(join(folder, 'p2'), 32 * MIB) },
    { at: 73, volume: await fatVolume(join(folder, 'p3'), 34 * MIB, 32) },
  ];
  for (const { at, volume } of parts) {
    await run([
      'dd',
      `if=${volume}`,
      `of=${path}`,
      'bs=1M',
      `seek=${at}`,
      'conv=notrunc,sparse',
      'status=none',
    ]);
    await rm(volume);
  }
  if (table === 'dos') {
    await using file = await open(path, 'r+');
    await file.write(Buffer.alloc(440, 0x90), 0, 440, 0);
  }
  return path;
}

/** Whether a file begins with the bytes of another one. */
export async function sameStart(path: string, expected: string): Promise<boolean> {
  const wanted = await readFile(expected);
  await using file = await open(path, 'r');
  const found = Buffer.alloc(wanted.length);
  for (let at = 0; at < found.length; ) {
    const { bytesRead } = await file.read(found, at, found.length - at, at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return found.equals(wanted);
}
