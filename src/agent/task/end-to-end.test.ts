import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import { copyFile, open, readFile, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { withNtfs } from '../../disk/index.ts';
import { decodeIndex, generateSigningKey, publicKeyOf } from '../../image/index.ts';
import { settingsOfOrder } from '../../personalise/index.ts';
import type { CaptureOrder, DeployOrder, Report, Work } from '../../protocol/index.ts';
import { MemoryStore } from '../../store/index.ts';
import type { ContractServerScript } from '../testing/contract-server.ts';
import { fileDisk, type LabAgent, startLabAgent } from '../testing/lab-agent.ts';
import {
  hashTree,
  MASTER_BYTES,
  makeMasterDisk,
  masterVolume,
  SYSPREP_INF,
  scratchFolder,
} from '../testing/master-disk.ts';

const MIB = 1_048_576;
const TARGET_BYTES = 96 * MIB;
const patience = {
  timeout: 120_000,
  skip: process.getuid?.() === 0 ? false : 'needs root for loop devices and mounts',
};

const capture: CaptureOrder = {
  kind: 'capture',
  taskId: 'c1',
  attempt: 1,
  host: { name: 'master', lab: null },
  image: { name: 'xp' },
  notes: 'from the test',
  disk: null,
  allDisks: false,
  after: 'shutdown',
};
const deploy: DeployOrder = {
  kind: 'deploy',
  taskId: 'd1',
  attempt: 1,
  host: { name: 'RM101-PC05', lab: 'lab-3' },
  image: { name: 'xp', version: 1 },
  disk: null,
  keep: [],
  grow: 'auto',
  personalise: settingsOfOrder({
    computerName: 'RM101-PC05',
    fields: { 'host.name': 'RM101-PC05' },
    registryFiles: [
      { name: 'school.reg', content: Buffer.from('REGEDIT4\r\n\r\n[HKEY_USERS\\X]\r\n').toString('base64') },
    ],
  }),
  after: 'reboot',
};

let scratch: Awaited<ReturnType<typeof scratchFolder>> | null = null;
let folder = '';
let signingKey: KeyObject;
let store: MemoryStore;
let master = '';

before(async () => {
  if (patience.skip !== false) return;
  scratch = await scratchFolder();
  folder = scratch.path;
  signingKey = generateSigningKey();
  store = new MemoryStore({ signingKey });
  master = await makeMasterDisk(folder);
});
after(() => scratch?.remove());

/** The store as the server offers it to agents. */
function storeScript(): ContractServerScript {
  return {
    indexKeys: [publicKeyOf(signingKey)],
    missing: (ids) => store.missing(ids),
    putChunk: (id, frame) => store.putChunk(id, frame),
    putIndex: async (bytes) => void (await store.commit(decodeIndex(bytes))),
    index: async () => (await store.readIndex('xp')).bytes,
    getChunk: (id) => store.getChunk(id),
    savedTable: () => undefined,
  };
}

/** An agent on a plain file, given one order; a failure ends it too. */
function begin(
  t: TestContext,
  order: Work,
  disk: string,
  bytes: number,
  script = storeScript(),
  pinnedKey: string | null = null,
) {
  const list: Work[] = [order, { kind: 'power', after: 'shutdown', words: 'It failed.' }];
  const work = async (): Promise<Work> => list.shift() ?? { kind: 'idle', words: '' };
  return startLabAgent(t, { ...script, work }, [fileDisk(disk, bytes)], pinnedKey);
}

async function endOf(agent: LabAgent): Promise<Report | undefined> {
  await agent.ended;
  return agent.server.reports.findLast((one) => one.kind !== 'progress' && one.kind !== 'log');
}

async function assertFinishes(agent: LabAgent): Promise<void> {
  const end = await endOf(agent);
  assert.equal(end?.kind, 'finished', `${JSON.stringify(end)}\n${agent.log.join('\n')}`);
}

/** A target with an old system on it, larger than the master. */
async function oldTarget(name: string): Promise<string> {
  const target = join(folder, name);
  await copyFile(master, target);
  await truncate(target, TARGET_BYTES);
  const file = await open(target, 'r+');
  await file.write(Buffer.alloc(48 * MIB, 0xaa), 0, 48 * MIB, MIB);
  await file.close();
  return target;
}

/** The volume of a deployed disk, and its table as sfdisk reads it. */
async function deployedVolume(disk: string) {
  const { stdout } = await run(['sfdisk', '--json', disk]);
  const table = JSON.parse(stdout.toString()).partitiontable;
  const [partition] = table.partitions;
  return { table, partition, view: masterVolume(disk, partition.size * 512) };
}

test('a capture reads the master and changes not one byte of it', patience, async (t) => {
  const bytes = await readFile(master);
  const agent = await begin(t, capture, master, MASTER_BYTES);
  await assertFinishes(agent);
  assert.deepEqual(await agent.ended, ['shutdown']);
  assert.ok((await readFile(master)).equals(bytes), 'the master was written to');
  const [summary] = await store.list();
  assert.deepEqual([summary?.name, summary?.version, summary?.notes], ['xp', 1, 'from the test']);
});

test('an image makes another disk, larger, which ends as itself', patience, async (t) => {
  const target = await oldTarget('target.raw');
  let savedTables = 0;
  const agent = await begin(t, deploy, target, TARGET_BYTES, {
    ...storeScript(),
    savedTable: () => void savedTables++,
  });
  await assertFinishes(agent);
  assert.deepEqual(await agent.ended, ['reboot']);
  assert.equal(savedTables, 1);
  assert.match(
    agent.serial(),
    /phase=writing[\s\S]*phase=growing[\s\S]*phase=personalising[\s\S]*phase=finishing/,
  );
  assert.match(agent.serial(), /MIMEO done: RM101-PC05 has image xp version 1/);

  const { table, partition, view } = await deployedVolume(target);
  assert.equal(table.id, '0x1a2b3c4d');
  assert.deepEqual([partition.start, partition.bootable], [MIB / 512, true]);
  assert.ok(view.partition.lengthBytes > 90 * MIB, 'the volume grew to fill the disk');
  const was = await withNtfs(masterVolume(master), { readOnly: true }, hashTree);
  const is = await withNtfs(view, { readOnly: true }, hashTree);
  for (const [path, hash] of was) if (!path.startsWith('Sysprep/')) assert.equal(is.get(path), hash, path);
  const space = await withNtfs(view, { readOnly: true }, (root) => statfs(root));
  assert.ok(space.blocks * space.bsize > 90 * MIB, 'the filesystem grew with its partition');
  assert.ok([...is.keys()].some((path) => path.endsWith('.reg')));
  const inf = await withNtfs(view, { readOnly: true }, (root) =>
    readFile(join(root, 'Sysprep/sysprep.inf'), 'latin1'),
  );
  assert.match(inf, /ComputerName *= *"?RM101-PC05"?/);
  assert.ok(inf.startsWith(SYSPREP_INF.slice(0, SYSPREP_INF.indexOf('ComputerName'))));
});

test('the server killed in the middle: the agent waits for it and goes on', patience, async (t) => {
  const target = await oldTarget('restart.raw');
  let fetched = 0;
  const agent = await begin(t, deploy, target, TARGET_BYTES, {
    ...storeScript(),
    getChunk: async (id) => {
      if (++fetched === 3) {
        setImmediate(() => void agent.server.stop());
        return await new Promise<Buffer>(() => undefined);
      }
      return store.getChunk(id);
    },
  });
  await agent.seen('the server has not answered');
  await agent.server.start();
  await agent.seen('the server answers again');
  await assertFinishes(agent);
  await withNtfs((await deployedVolume(target)).view, { readOnly: true }, hashTree);
});

test(
  'cancelled in the middle: the disk does not start, says so, and a second deployment finishes it',
  patience,
  async (t) => {
    const target = await oldTarget('cancel.raw');
    let fetched = 0;
    const agent = await begin(t, deploy, target, TARGET_BYTES, {
      ...storeScript(),
      report: () => ({ cancel: fetched > 2 }),
      getChunk: (id) => (++fetched > 2 ? new Promise<Buffer>(() => undefined) : store.getChunk(id)),
    });
    assert.deepEqual(await endOf(agent), { kind: 'cancelled', by: 'server' });
    assert.match(agent.serial(), /MIMEO cancelled: Stopped at the server\. The disk is unfinished/);
    const sector = (await readFile(target)).subarray(0, 512);
    assert.notEqual(sector.readUInt16LE(510), 0xaa55, 'an unfinished disk must not start');

    const again = await begin(t, { ...deploy, attempt: 2 }, target, TARGET_BYTES);
    await assertFinishes(again);
    await withNtfs((await deployedVolume(target)).view, { readOnly: true }, hashTree);
  },
);

test(
  'too small a disk, an index of a stranger and one of another image are refused before anything is written',
  patience,
  async (t) => {
    const small = join(folder, 'small.raw');
    const content = Buffer.alloc(32 * MIB, 'old');
    await writeFile(small, content);
    const agent = await begin(t, deploy, small, content.length);
    const refused = await endOf(agent);
    assert.equal(refused?.kind === 'failed' && refused.failure.code, 'disk-too-small');
    assert.match(agent.serial(), /MIMEO failed: The image needs a disk of/);
    assert.ok((await readFile(small)).equals(content));

    await truncate(small, TARGET_BYTES);
    const stranger = publicKeyOf(generateSigningKey());
    const hello = { ...storeScript(), indexKeys: [stranger] };
    const untrusted = await endOf(await begin(t, deploy, small, TARGET_BYTES, hello));
    assert.equal(untrusted?.kind === 'failed' && untrusted.failure.code, 'index-untrusted');
    const pinned = await endOf(await begin(t, deploy, small, TARGET_BYTES, storeScript(), stranger));
    assert.equal(pinned?.kind === 'failed' && pinned.failure.code, 'index-untrusted');
    for (const [image, message] of [
      [
        { name: 'vista', version: 1 },
        /^Image vista version 1 was ordered, and the index of xp version 1 came/,
      ],
      [{ name: 'xp', version: 2 }, /^Image xp version 2 was ordered, and the index of xp version 1 came/],
    ] as const) {
      const other = await endOf(await begin(t, { ...deploy, image }, small, TARGET_BYTES));
      assert.match(other?.kind === 'failed' ? other.failure.message : '', message);
    }
    assert.ok((await readFile(small)).subarray(0, content.length).equals(content));
  },
);
