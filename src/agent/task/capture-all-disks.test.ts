import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeIndex, generateSigningKey } from '../../image/index.ts';
import type { CaptureOrder, Work } from '../../protocol/index.ts';
import { MemoryStore } from '../../store/index.ts';
import { fileDisk, startLabAgent } from '../testing/lab-agent.ts';
import { MASTER_BYTES, makeMasterDisk, scratchFolder } from '../testing/master-disk.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root for loop devices and mounts';

test('a master of several disks is captured with all of them, the stick in it left out', {
  skip,
}, async (t) => {
  const scratch = await scratchFolder();
  t.after(() => scratch.remove());
  const data = await makeMasterDisk(scratch.path);
  const system = join(scratch.path, 'system');
  const stick = join(scratch.path, 'stick');
  for (const copy of [system, stick]) await copyFile(data, copy);
  const store = new MemoryStore({ signingKey: generateSigningKey() });
  const order: CaptureOrder = {
    kind: 'capture',
    taskId: 'c1',
    attempt: 1,
    host: { name: 'master', lab: null },
    image: { name: 'two-disks' },
    notes: '',
    disk: { device: system },
    allDisks: true,
    after: 'shutdown',
  };
  const list: Work[] = [order, { kind: 'power', after: 'shutdown', words: 'It failed.' }];
  const agent = await startLabAgent(
    t,
    {
      work: async () => list.shift() ?? { kind: 'idle', words: '' },
      missing: (ids) => store.missing(ids),
      putChunk: (id, frame) => store.putChunk(id, frame),
      putIndex: async (bytes) => void (await store.commit(decodeIndex(bytes))),
    },
    [
      fileDisk(data, MASTER_BYTES),
      { ...fileDisk(stick, MASTER_BYTES), transport: 'usb', removable: true },
      fileDisk(system, MASTER_BYTES),
    ],
  );
  await agent.ended;
  const end = agent.server.reports.findLast((one) => one.kind !== 'progress' && one.kind !== 'log');
  assert.equal(end?.kind, 'finished', agent.log.join('\n'));
  assert.match(end?.kind === 'finished' ? end.words : '', new RegExp(`^${system} and ${data} are kept`));
  const { index } = await store.readIndex('two-disks');
  assert.deepEqual(
    [index.layout.diskBytes, ...index.otherDisks.map(({ layout }) => layout.diskBytes)],
    [MASTER_BYTES, MASTER_BYTES],
  );
  assert.ok(index.otherDisks[0]?.regions.some(({ filesystem }) => filesystem === 'ntfs'));
});
