import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SavedTables } from './saved-tables.ts';

async function tablesIn(t: TestContext): Promise<{ tables: SavedTables; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-tables-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { tables: new SavedTables(folder), folder };
}

test('the first table of a task and disk is kept; each disk has its own', async (t) => {
  const { tables } = await tablesIn(t);
  const of = { hostId: 'h1', taskId: 't1', disk: 'SERIAL/../1' };
  await tables.keep(of, Buffer.from('whole'));
  await tables.keep(of, Buffer.from('wiped already'));
  await tables.keep({ ...of, disk: 'SERIAL2' }, Buffer.from('other disk'));
  assert.equal((await tables.find(of))?.toString(), 'whole');
  assert.equal((await tables.find({ ...of, disk: 'SERIAL2' }))?.toString(), 'other disk');
  assert.equal(await tables.find({ ...of, disk: '' }), null);
  assert.equal(await tables.find({ ...of, hostId: 'h2' }), null);
});

test("a new task finds the newest table of the host's earlier ones", async (t) => {
  const { tables, folder } = await tablesIn(t);
  for (const [taskId, disk] of [
    ['t1', ''],
    ['t2', ''],
    ['t3', 'S'],
  ] as const) {
    await tables.keep({ hostId: 'h1', taskId, disk }, Buffer.from(taskId));
  }
  await utimes(join(folder, 'h1', 't1.table'), 1000, 1000);
  assert.equal((await tables.find({ hostId: 'h1', taskId: 't9', disk: '' }))?.toString(), 't2');
  assert.equal((await tables.find({ hostId: 'h1', taskId: 't9', disk: 'S' }))?.toString(), 't3');
});
