import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../command.ts';
import { apply } from './apply.ts';
import { mounted, READ_WRITE, withVolume } from './ntfs-volume.fixture.ts';
import { presentName, recogniseVolume } from './recognise/recognise-volume.ts';
import type { Edit } from './types.ts';
import { verify } from './verify.ts';

/** Real NTFS: who may change what was written, what is left of secrets, what is recognised. */
function make(path: string[], readers: Edit['readers']): Edit {
  return { path, before: null, after: Buffer.from('rem'), why: 'a test', readers };
}

/** The access list of a file on the mounted volume: type, flags, rights and whom each entry is about. */
async function accessOf(path: string): Promise<{ owner: string; entries: string[] }> {
  const { stdout } = await run(['getfattr', '--absolute-names', '-n', 'system.ntfs_acl', '-e', 'hex', path]);
  const bytes = Buffer.from(/0x([0-9a-f]+)/.exec(stdout.toString())?.[1] ?? '', 'hex');
  const list = bytes.readUInt32LE(16);
  const entries: string[] = [];
  for (let at = list + 8; entries.length < bytes.readUInt16LE(list + 4); at += bytes.readUInt16LE(at + 2)) {
    const kind = bytes.readUInt8(at) === 0 ? 'allow' : 'deny';
    entries.push(
      `${kind} ${bytes.readUInt8(at + 1)} ${bytes.readUInt32LE(at + 4).toString(16)} ${sidAt(bytes, at + 8)}`,
    );
  }
  return { owner: sidAt(bytes, bytes.readUInt32LE(4)), entries };
}

function sidAt(bytes: Buffer, at: number): string {
  const parts = Array.from({ length: bytes.readUInt8(at + 1) }, (_, index) =>
    bytes.readUInt32LE(at + 8 + 4 * index),
  );
  return ['S-1', bytes.readUIntBE(at + 2, 6), ...parts].join('-');
}

/** Writing, appending, deleting, changing the list, taking the file over: the rights nobody else may have. */
const CHANGES = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000;
const ADMINISTRATORS = 'S-1-5-32-544';
const SYSTEM = 'S-1-5-18';

test('what SYSTEM runs can be changed by SYSTEM and administrators only, and what it unpacks there can be run', async (t) => {
  await withVolume(t, async (device) => {
    const edits = [
      make(['Mimeo', 'deep', 'setup.cmd'], 'administrators'),
      make(['Open', 'read.reg'], 'everyone'),
      make(['loose.cmd'], 'administrators'),
    ];
    await mounted(device, READ_WRITE, async (root) => {
      assert.deepEqual((await apply(root, edits)).warnings, []);
      for (const path of [
        'Mimeo',
        'Mimeo/deep',
        'Mimeo/deep/setup.cmd',
        'Open',
        'Open/read.reg',
        'loose.cmd',
      ]) {
        const { owner, entries } = await accessOf(join(root, path));
        assert.equal(owner, ADMINISTRATORS, path);
        for (const entry of entries) {
          const [kind = '', , rights = '', who = ''] = entry.split(' ');
          if (kind === 'deny' || [ADMINISTRATORS, SYSTEM].includes(who)) continue;
          assert.equal(Number.parseInt(rights, 16) & CHANGES, 0, `${path}: ${entry}`);
        }
      }
      const full = [`allow 3 1f01ff ${SYSTEM}`, `allow 3 1f01ff ${ADMINISTRATORS}`];
      assert.deepEqual((await accessOf(join(root, 'Mimeo', 'deep'))).entries, full);
      assert.deepEqual((await accessOf(join(root, 'Open'))).entries, [...full, 'allow 3 1200a9 S-1-1-0']);
    });
    const audit = await run(['ntfssecaudit', device, '/Mimeo'], { allowStatus: [0, 1] });
    assert.match(audit.stdout.toString(), /mode 0700/);
    await mounted(device, 'ro,permissions', (root) => verify(root, edits));
  });
});

test('a secret that is removed is not found on the volume any more', async (t) => {
  await withVolume(t, async (device) => {
    const secret = 'Pa55-of-the-domain';
    const has = async (): Promise<boolean> => (await readFile(device)).includes(secret);
    const small = { ...make(['small.inf'], 'administrators'), after: Buffer.from(secret) };
    const large = {
      ...small,
      path: ['folder', 'large.xml'],
      after: Buffer.from(`${secret}\r\n`.repeat(9000)),
    };
    const after = Buffer.from('nothing');
    await mounted(device, READ_WRITE, (root) => apply(root, [small, large]));
    assert.ok(await has());
    await mounted(device, READ_WRITE, (root) =>
      apply(root, [
        { ...small, before: small.after, after },
        { kind: 'removal', path: ['folder'], why: 'a test', secret: true },
      ]),
    );
    assert.equal(await has(), false);
  });
});

test('Windows is recognised on its NTFS; asleep, nothing is written to it', async (t) => {
  await withVolume(t, async (device) => {
    await mounted(device, READ_WRITE, async (root) => {
      await writeFile(join(root, 'hiberfil.sys'), Buffer.concat([Buffer.from('hibr'), Buffer.alloc(8192)]));
    });
    await mounted(device, 'ro', async (root) => {
      const found = await recogniseVolume(root);
      assert.ok(found.system === 'windows');
      assert.deepEqual([found.folder, found.computerName, found.hibernated], ['WINDOWS', 'R101-PC09', true]);
      assert.match(found.warnings.join('\n'), /This Windows hibernates/);
      assert.equal(await presentName(root), 'R101-PC09');
    });
    // ntfs-3g leaves with 0 and mounts it read-only.
    await mounted(device, READ_WRITE, (root) =>
      assert.rejects(apply(root, [make(['new.txt'], 'everyone')]), /mounted read-only \(hibernated/),
    );
  });
});
