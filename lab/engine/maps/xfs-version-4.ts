import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';
import type { FactSheet } from '../../compare/index.ts';
import { blankVolume, MARKER } from './volume-map.ts';

const FILES = 24;

/** A version 4 XFS with files in it, which kernels of today need not mount: mkfs.xfs fills it. */
export async function makeXfsVersion4(file: string, bytes: number): Promise<string> {
  await blankVolume(file, bytes);
  const tree = `${file}.tree`;
  await mkdir(tree);
  const lines = ['/dev/null', '0 0', 'd--755 0 0'];
  for (let i = 0; i < FILES; i++) {
    await writeFile(join(tree, `f${i}`), i === 0 ? MARKER : randomBytes(i * 77_777));
    lines.push(`f${i} ---644 0 0 ${join(tree, `f${i}`)}`);
  }
  await writeFile(`${file}.proto`, [...lines, '$', ''].join('\n'));
  await run(['mkfs.xfs', '-q', '-m', 'crc=0,finobt=0,reflink=0', '-p', `${file}.proto`, file]);
  await rm(tree, { recursive: true });
  return file;
}

/** Every file's blocks, found by xfs_db, as hashes. */
export async function xfsDbFacts(file: string): Promise<FactSheet> {
  const sheet = new Map<string, Record<string, string>>();
  const { stdout } = await run(['xfs_db', '-r', '-f', '-c', 'sb 0', '-c', 'p agblocks blocksize', file]);
  const [, agBlocks = '', blockBytes = ''] =
    /agblocks = (\d+)\nblocksize = (\d+)/.exec(stdout.toString()) ?? [];
  await using handle = await open(file, 'r');
  for (let i = 0; i < FILES; i++) {
    const map = await run(['xfs_db', '-r', '-f', '-c', `path /f${i}`, '-c', 'bmap', file]);
    const hash = createHash('sha256');
    for (const [, group, block, count] of map.stdout.toString().matchAll(/\((\d+)\/(\d+)\) count (\d+)/g)) {
      const bytes = Buffer.alloc(Number(count) * Number(blockBytes));
      await handle.read(
        bytes,
        0,
        bytes.length,
        (Number(group) * Number(agBlocks) + Number(block)) * Number(blockBytes),
      );
      hash.update(bytes);
    }
    sheet.set(`f${i}`, { sha256: hash.digest('hex'), map: map.stdout.toString() });
  }
  return sheet;
}
