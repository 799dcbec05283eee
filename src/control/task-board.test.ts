import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../clock.ts';
import { EventRepository, HostRepository, openDatabase, TaskRepository, type TaskRow } from '../db/index.ts';
import { FREE_NETWORK, newTask } from '../deployment/index.ts';
import { EventHub } from './event-hub.ts';
import { TaskBoard } from './task-board.ts';

const HOSTS = ['a', 'b', 'c'];

function progress(doneBytes: number) {
  return {
    ...{ phase: 'writing' as const, doneBytes, totalBytes: 9, networkBytes: 0, reusedBytes: 0 },
    ...{ bytesPerSecond: 1, secondsLeft: null },
  };
}

/** A board with one deployment for three hosts, in a database of its own. */
async function openBoard(t: TestContext) {
  const db = openDatabase(':memory:');
  t.after(() => db.destroy());
  const clock = { ...systemClock, at: 100_000, now: () => clock.at };
  const tasks = new TaskRepository(db);
  const events = new EventRepository(db);
  const hosts = new HostRepository(db);
  for (const [i, id] of HOSTS.entries()) await hosts.insert({ id, at: 1, macs: [`52:54:00:00:00:0${i}`] });
  const rows = HOSTS.map(
    (host): TaskRow => ({
      ...{ id: `t-${host}`, deployment_id: 'd-1', host_id: host, host_name: host, image: 'xp', version: 1 },
      ...{ notes: '', after: 'reboot', disk: { rule: null, keep: [], grow: 'auto', all: false } },
      state: newTask('deploy', clock.now()),
    }),
  );
  const deployment = {
    id: 'd-1',
    kind: 'deploy' as const,
    ordered_by: 'me',
    created_at: 0,
    opens_until: null,
  };
  await tasks.create({ ...deployment, network: FREE_NETWORK }, rows);
  const board = new TaskBoard({
    ...{ tasks, clock, hub: new EventHub({ events, clock }) },
    effects: { abandonCapture: async () => undefined, release: async () => undefined },
    onFault: (error) => assert.fail(String(error)),
  });
  board.add(rows);
  return { board, tasks, events, rows, clock };
}

test('the progress of all tasks is written together now and then, what is more than that at once', async (t) => {
  const { board, tasks, rows, clock } = await openBoard(t);
  const written = async (): Promise<(number | null)[]> =>
    (await tasks.ofDeployment('d-1')).map(({ state }) => state.progress?.doneBytes ?? null);
  const report = async (doneBytes: number): Promise<void> => {
    for (const { id } of rows)
      await board.apply(id, { type: 'progress', at: clock.now(), progress: progress(doneBytes) });
  };
  for (const { id } of rows) await board.apply(id, { type: 'taken', at: clock.now() });
  await report(1);
  await board.tick();
  assert.deepEqual(await written(), [1, 1, 1]);
  await report(2);
  await board.tick();
  assert.deepEqual(await written(), [1, 1, 1]);
  clock.at += 10_000;
  await board.tick();
  assert.deepEqual(await written(), [2, 2, 2]);
  await report(3);
  await board.stop();
  assert.deepEqual(await written(), [3, 3, 3], 'a server that stops loses nothing');
});

test('tasks that end at the same time are written together, and the end of their deployment is told once', async (t) => {
  const { board, tasks, events, rows, clock } = await openBoard(t);
  const at = clock.now();
  await Promise.all(rows.map(({ id }) => board.apply(id, { type: 'taken', at })));
  await Promise.all(rows.map(({ id }) => board.apply(id, { type: 'finished', at, words: '', warnings: [] })));
  assert.deepEqual(
    (await tasks.ofDeployment('d-1')).map(({ state }) => state.status),
    ['done', 'done', 'done'],
  );
  const ends = (await events.since(0, 100)).filter(({ topic }) => topic === 'deployment');
  assert.equal(ends.length, 1, JSON.stringify(ends));
  assert.match(ends[0]?.words ?? '', /3 done/);
});
