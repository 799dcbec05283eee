import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import type { FactSheet } from '../../compare/index.ts';
import { labNeeds } from '../../needs.ts';
import { fillFolder } from './fill.ts';
import { provePoison } from './poison.ts';
import { blankVolume, compareWithPartclone, contentOf, MIB, scratch } from './volume-map.ts';

interface F2fsVolume {
  readonly name: string;
  readonly bytes: number;
  readonly mkfs: readonly string[];
  readonly files: number;
}

const VOLUMES: readonly F2fsVolume[] = [
  { name: 'F2FS', bytes: 200 * MIB, mkfs: [], files: 15 },
  {
    name: 'F2FS with checksums, a large NAT bitmap and four segments to a section',
    bytes: 300 * MIB,
    mkfs: ['-i', '-s', '4', '-O', 'extra_attr,inode_checksum,sb_checksum,inode_crtime,quota'],
    files: 9,
  },
];
/** The six segments that logs append to count as used. */
const CURRENT_BYTES = 6 * 2 * MIB;

const skip = labNeeds('mkfs.f2fs', 'sload.f2fs', 'fsck.f2fs', 'dump.f2fs');
for (const volume of VOLUMES) {
  test(`free blocks of ${volume.name} do not matter`, { skip }, async (t) => {
    const folder = await scratch(t);
    const file = await blankVolume(join(folder, 'volume'), volume.bytes);
    await run(['mkfs.f2fs', '-q', ...volume.mkfs, file]);
    // Twice, so that the tables of the second checkpoint pack and the second copies are in use as well.
    for (const part of ['first', 'second']) {
      const source = join(folder, part);
      await mkdir(source);
      await fillFolder(source, volume.files, 10 * MIB);
      await run(['ln', '-s', 'marker.bin', join(source, 'link')]);
      // Status 1: it corrected the tables' types, as it always does.
      await run(['sload.f2fs', '-f', source, '-t', `/${part}`, file], { allowStatus: [0, 1] });
    }
    const { filesystem, free, warnings } = await contentOf(file);
    assert.equal(filesystem, 'f2fs');
    assert.deepEqual(warnings, []);
    await provePoison({ file, check: f2fsCheck, facts: f2fsFacts }, free, { leastShare: 0.3 });
    // partclone 0.3.23 does not open what newer features make.
    if (volume.mkfs.length > 0) return;
    const { onlyOurs, onlyTheirs } = await compareWithPartclone('partclone.f2fs', file, free);
    assert.equal(onlyOurs, 0);
    assert.ok(onlyTheirs <= CURRENT_BYTES, `${onlyTheirs} bytes more are free for partclone`);
  });
}

async function f2fsCheck(file: string): Promise<void> {
  const { stdout } = await run(['fsck.f2fs', '--dry-run', '-f', file]);
  const wrong = stdout.toString().match(/^.*\[Fail\].*$|^.*\[ASSERT\].*$/gm);
  assert.equal(wrong, null, wrong?.join('\n'));
}

/** Names by fsck's tree, contents by dump.f2fs, which writes a file at a time into `lost_found`. */
async function f2fsFacts(file: string): Promise<FactSheet> {
  const sheet = new Map<string, Record<string, string>>();
  const { stdout } = await run(['fsck.f2fs', '--dry-run', '-f', '-t', file]);
  const folders: string[] = [];
  const out = await mkdtemp(join(file, '..', 'out-'));
  for (const line of stdout.toString().split('\n')) {
    const [, indent = '', name, inode] = /^((?:[| ] {3})*)[|`]-- (.*) <ino = 0x([0-9a-f]+)>/.exec(line) ?? [];
    if (name === undefined || inode === undefined) continue;
    folders.length = indent.length / 4;
    folders.push(name);
    sheet.set(folders.join('/'), await inodeFacts(file, Number.parseInt(inode, 16), out));
  }
  await rm(out, { recursive: true });
  const contents = [...sheet.values()].filter((facts) => facts['sha256']?.length === 64);
  assert.ok(contents.length >= 10, `only ${contents.length} files could be read`);
  return sheet;
}

async function inodeFacts(file: string, inode: number, cwd: string): Promise<Record<string, string>> {
  const answer = { cwd, input: 'y\n' };
  const { stdout } = await run(['dump.f2fs', '-i', String(inode), file], answer);
  const facts: Record<string, string> = {};
  for (const field of ['i_mode', 'i_uid', 'i_links', 'i_size', 'i_mtime']) {
    facts[field] = new RegExp(`^${field}\\s+(.*)$`, 'm').exec(stdout.toString())?.[1] ?? '';
  }
  const name = /^i_name\s+\[(.*)\]$/m.exec(stdout.toString())?.[1];
  if (name === undefined) return facts;
  const dumped = join(cwd, 'lost_found', name);
  try {
    facts['sha256'] = createHash('sha256')
      .update(await readFile(dumped))
      .digest('hex');
    await rm(dumped);
  } catch {
    facts['sha256'] = 'not dumped';
  }
  return facts;
}
