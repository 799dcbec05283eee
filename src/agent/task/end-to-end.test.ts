import assert from 'node:assert/strict';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../command.ts';
import { withNtfs } from '../../disk/index.ts';
import { decodeIndex, generateSigningKey, publicKeyOf } from '../../image/index.ts';
import type { CaptureOrder, DeployOrder, Report, Work } from '../../protocol/index.ts';
import { MemoryStore } from '../../store/index.ts';
import type { ContractServerScript } from '../testing/contract-server.ts';
import { fileDisk, startLabAgent } from '../testing/lab-agent.ts';
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
const patience = { timeout: 120_000 };

const capture: CaptureOrder = {
  kind: 'capture',
  taskId: 'c1',
  attempt: 1,
  host: { name: 'master', lab: null },
  image: { name: 'xp' },
  notes: 'from the test',
  disk: null,
  after: 'shutdown',
};
const deploy: DeployOrder = {
  kind: 'deploy',
  taskId: 'd1',
  attempt: 1,
  host: { name: 'RM101-PC05', lab: 'lab-3' },
  image: { name: 'xp', version: 1 },
  disk: null,
  personalise: {
    computerName: 'RM101-PC05',
    fields: { 'host.name': 'RM101-PC05' },
    registryFiles: [
      {
        name: 'school.reg',
        content: Buffer.from('REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\X]\r\n').toString('base64'),
      },
    ],
  },
  after: 'reboot',
};

/** The store as the server offers it to agents. */
function storeScript(store: MemoryStore, key: string): ContractServerScript & { savedTables: Buffer[] } {
  const savedTables: Buffer[] = [];
  return {
    savedTables,
    indexKeys: [key],
    missing: (ids) => store.missing(ids),
    putChunk: (id, frame) => store.putChunk(id, frame),
    putIndex: async (bytes) => void (await store.commit(decodeIndex(bytes))),
    index: async () => (await store.readIndex('xp')).bytes,
    getChunk: (id) => store.getChunk(id),
    savedTable: (bytes) => void savedTables.push(bytes),
  };
}

/** Lets an agent carry out one order on a plain file; what was reported last, and what was done to the power. */
async function carryOut(
  t: TestContext,
  order: Work,
  disk: string,
  bytes: number,
  script: ContractServerScript,
) {
  const list: Work[] = [order, { kind: 'power', after: 'shutdown', words: 'It failed.' }];
  const work = async (): Promise<Work> => list.shift() ?? { kind: 'idle', words: '' };
  const agent = await startLabAgent(t, { ...script, work }, [fileDisk(disk, bytes)]);
  const power = await agent.ended;
  const end = agent.server.reports.findLast((one) => one.kind !== 'progress' && one.kind !== 'log');
  return { power, end, reports: agent.server.reports, serial: agent.serial(), log: agent.log };
}

function assertFinished(end: Report | undefined, log: readonly string[]): void {
  assert.equal(end?.kind, 'finished', `${JSON.stringify(end)}\n${log.join('\n')}`);
}

test('an image made of one disk makes another, which ends as itself', patience, async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root for loop devices and mounts');
  const scratch = await scratchFolder();
  t.after(scratch.remove);
  const signingKey = generateSigningKey();
  const store = new MemoryStore({ signingKey });
  const script = storeScript(store, publicKeyOf(signingKey));
  const master = await makeMasterDisk(scratch.path);
  const masterBytes = await readFile(master);

  const captured = await carryOut(t, capture, master, MASTER_BYTES, script);
  assertFinished(captured.end, captured.log);
  assert.deepEqual(captured.power, ['shutdown']);
  assert.ok((await readFile(master)).equals(masterBytes), 'the master was written to');
  const [summary] = await store.list();
  assert.equal(summary?.name, 'xp');

  // An old system stands on the target, and the disk is larger.
  const target = join(scratch.path, 'target.raw');
  await writeFile(target, masterBytes);
  await truncate(target, TARGET_BYTES);
  await overwrite(target, 20 * MIB, 20 * MIB);
  const deployed = await carryOut(t, deploy, target, TARGET_BYTES, script);
  assertFinished(deployed.end, deployed.log);
  assert.deepEqual(deployed.power, ['reboot']);
  assert.equal(script.savedTables.length, 1);
  assert.match(
    deployed.serial,
    /MIMEO phase=writing[\s\S]*MIMEO phase=growing[\s\S]*MIMEO phase=personalising/,
  );
  assert.match(deployed.serial, /MIMEO done: RM101-PC05 has image xp version 1/);

  const { stdout } = await run(['sfdisk', '--json', target]);
  const table = JSON.parse(stdout.toString()).partitiontable;
  assert.equal(table.id, '0x1a2b3c4d');
  const [partition] = table.partitions;
  assert.deepEqual([partition.start, partition.bootable], [MIB / 512, true]);
  const lengthBytes = partition.size * 512;
  assert.ok(lengthBytes > 90 * MIB, 'the volume grew to fill the disk');
  const before = await withNtfs(masterVolume(master), { readOnly: true }, hashTree);
  const volume = masterVolume(target, lengthBytes);
  const after = await withNtfs(volume, { readOnly: true }, hashTree);
  for (const [path, hash] of before) {
    if (!path.startsWith('Sysprep/')) assert.equal(after.get(path), hash, path);
  }
  const inf = await withNtfs(volume, { readOnly: true }, (root) =>
    readFile(join(root, 'Sysprep/sysprep.inf'), 'latin1'),
  );
  assert.match(inf, /ComputerName *= *"?RM101-PC05"?/);
  assert.ok(inf.startsWith(SYSPREP_INF.slice(0, SYSPREP_INF.indexOf('ComputerName'))));
  assert.ok([...after.keys()].some((path) => path.endsWith('.reg')));

  // A second run over the finished disk finds nearly everything there.
  const again = await carryOut(t, { ...deploy, attempt: 2 }, target, TARGET_BYTES, script);
  assertFinished(again.end, again.log);
});

test('a disk that is too small is refused before anything is written', patience, async (t) => {
  if (process.getuid?.() !== 0) return t.skip('needs root for loop devices and mounts');
  const scratch = await scratchFolder();
  t.after(scratch.remove);
  const signingKey = generateSigningKey();
  const store = new MemoryStore({ signingKey });
  const script = storeScript(store, publicKeyOf(signingKey));
  const master = await makeMasterDisk(scratch.path);
  await carryOut(t, capture, master, MASTER_BYTES, script);
  const small = join(scratch.path, 'small.raw');
  const content = Buffer.alloc(32 * MIB, 'old');
  await writeFile(small, content);

  const refused = await carryOut(t, deploy, small, content.length, script);
  assert.equal(refused.end?.kind === 'failed' && refused.end.failure.code, 'disk-too-small');
  assert.match(refused.serial, /MIMEO failed: The image needs a disk of/);
  assert.ok((await readFile(small)).equals(content));

  const stranger = { ...script, indexKeys: [publicKeyOf(generateSigningKey())] };
  const target = join(scratch.path, 'target.raw');
  await writeFile(target, content);
  await truncate(target, TARGET_BYTES);
  const untrusted = await carryOut(t, deploy, target, TARGET_BYTES, stranger);
  assert.equal(untrusted.end?.kind === 'failed' && untrusted.end.failure.code, 'index-untrusted');
  assert.ok((await readFile(target)).subarray(0, content.length).equals(content));
});

async function overwrite(path: string, at: number, length: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(length, 0xaa), 0, length, at);
  await file.close();
}
