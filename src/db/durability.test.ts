import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { type CommitLog, EventRepository, openDatabase, SettingsRepository } from './index.ts';

interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A disk that takes its time: each sync waits until the test lets it end. */
class SlowLog implements CommitLog {
  readonly pending: Pending[] = [];
  syncs = 0;

  sync(): Promise<void> {
    this.syncs++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.pending.push({ resolve, reject });
    return promise;
  }

  async close(): Promise<void> {
    for (const { resolve } of this.pending) resolve();
  }
}

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-db-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** Whatever is ready is done by then; nothing here waits for the disk. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a change is told of when it is durable, and those of one moment share the wait', async (t) => {
  const log = new SlowLog();
  const db = openDatabase(':memory:', log);
  t.after(() => db.destroy());
  const settings = new SettingsRepository(db);
  const told: string[] = [];
  const write = (key: string): Promise<unknown> => settings.set(key, key).then(() => told.push(key));
  const first = write('a');
  await turn();
  const others = ['b', 'c', 'd'].map(write);
  await turn();
  assert.deepEqual(told, [], 'nobody goes on before the disk has it');
  assert.equal(await settings.get('d'), 'd', 'but nobody who reads waits');
  assert.equal(log.syncs, 1);
  log.pending[0]?.resolve();
  await first;
  await turn();
  assert.deepEqual(told, ['a'], 'what came later was not covered');
  assert.equal(log.syncs, 2);
  log.pending[1]?.resolve();
  await Promise.all(others);
  assert.equal(log.syncs, 2);
});

test('news waits for no disk, a transaction waits once', async (t) => {
  const log = new SlowLog();
  const db = openDatabase(':memory:', log);
  t.after(() => db.destroy());
  const news = { at: 1, topic: 'server', kind: 'started', level: 'info' as const, words: 'Hello.' };
  await new EventRepository(db).append({ ...news, host_id: null, task_id: null });
  assert.equal(log.syncs, 0);
  const written = db.transaction().execute(async (transaction) => {
    for (const key of ['a', 'b']) await new SettingsRepository(transaction).set(key, key);
  });
  await turn();
  assert.equal(log.syncs, 1);
  log.pending[0]?.resolve();
  await written;
});

test('after a disk that failed once nothing is called durable any more', async (t) => {
  const log = new SlowLog();
  const db = openDatabase(':memory:', log);
  t.after(() => db.destroy());
  const settings = new SettingsRepository(db);
  const written = Promise.allSettled([settings.set('a', 'a')]);
  await turn();
  log.pending[0]?.reject(new Error('EIO'));
  assert.equal((await written)[0].status, 'rejected');
  await assert.rejects(settings.set('b', 'b'), /EIO/);
  assert.equal(log.syncs, 1);
});

test('what was told of survives a power cut at any moment, across checkpoints', async (t) => {
  const folder = await folderFor(t);
  const path = join(folder, 'mimeo.db');
  const platter = join(folder, 'platter.db');
  let checked = 0;
  const told = new Set<string>();
  const look = async (): Promise<void> => {
    // The copy is read, not the platter itself: opening it writes to it.
    for (const end of ['', '-wal']) await copyFile(`${platter}${end}`, `${platter}-read${end}`);
    const found = new DatabaseSync(`${platter}-read`);
    const keys = new Set(
      found
        .prepare('SELECT key FROM settings')
        .all()
        .map(({ key }) => key),
    );
    found.close();
    for (const key of told) assert.ok(keys.has(key), `${key} was told of and is lost`);
    checked++;
  };
  const db = openDatabase(path, {
    // What is on the disk is what was synced last.
    sync: async () => {
      for (const end of ['', '-wal']) await copyFile(`${path}${end}`, `${platter}${end}`);
    },
    close: async () => undefined,
  });
  const settings = new SettingsRepository(db);
  const value = 'x'.repeat(50_000);
  for (let round = 0; round < 25; round++) {
    const keys = Array.from({ length: 5 }, (_, i) => `${round}-${i}`);
    await Promise.all(keys.map((key) => settings.set(key, value).then(() => told.add(key))));
    if (round % 5 === 0) await look();
  }
  await look();
  assert.equal(checked, 6);
  await db.destroy();
});

test('the real log is synced, and closed with the database', async (t) => {
  const path = join(await folderFor(t), 'mimeo.db');
  const db = openDatabase(path);
  const settings = new SettingsRepository(db);
  await Promise.all(['a', 'b', 'c'].map((key) => settings.set(key, key)));
  await db.destroy();
  const again = openDatabase(path);
  t.after(() => again.destroy());
  assert.equal(await new SettingsRepository(again).get('b'), 'b');
});
