import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentView } from '../../api/index.ts';
import { Interrupted } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { type Route, silentEvents, startFakeServer } from '../testing/fake-server.ts';
import { runForTest } from '../testing/run.ts';
import { failedTask, runningTask, sampleDeployment, sampleStatus, sampleTask } from '../testing/samples.ts';

const waiting = sampleDeployment([sampleTask()]);
const running = sampleDeployment([runningTask]);
const done = sampleDeployment([sampleTask({ status: 'done', words: 'imaged in 6 min' })]);

/** Answers with one after the other, the last one for ever. */
function inTurn(answers: readonly DeploymentView[]): Route {
  const left = [...answers];
  return () => (left.length > 1 ? left.shift() : left[0]);
}

/** Something happens all the time: the command never has to wait for its second. */
const busyEvents: Route = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = { id: 1, at: '2026-11-23T14:00:00Z', topic: 'task', level: 'info', words: 'x' };
  const timer = setInterval(() => response.write(`data: ${JSON.stringify(event)}\n\n`), 50);
  response.on('close', () => clearInterval(timer));
  return undefined;
};

test('--wait tells each change and ends with the machines', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/deployments/7': inTurn([waiting, waiting, waiting, running, running, done]),
    'GET /api/v1/events': busyEvents,
  });
  const args = ['--data', data, 'deployment', 'show', '7', '--wait'];
  const { exit, out, err } = await runForTest(args);
  assert.equal(exit, EXIT.ok);
  assert.deepEqual(err.split('\n'), [
    'PC-07: waiting: waiting to be switched on',
    'PC-07: running: writing 43 %',
    'PC-07: done: imaged in 6 min',
    '',
  ]);
  assert.match(out, /^deploy 7 .*: 1 of 1 done\n/);
});

test('--wait --json: progress as JSON lines on standard error, the end on standard output', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/deployments/7': inTurn([waiting, waiting, running, done]),
    'GET /api/v1/events': busyEvents,
  });
  const { out, err } = await runForTest(['--data', data, 'deployment', 'show', '7', '--wait', '--json']);
  assert.deepEqual(JSON.parse(out), done);
  const progress = err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).progress);
  assert.deepEqual(
    progress.map(({ tasks: [task] }) => [task.status, task.phase, task.percent]),
    [
      ['waiting', null, null],
      ['running', 'writing', 43],
      ['done', null, null],
    ],
  );
});

test('--wait ends with 5 when some failed and with 1 when none is done', async (t) => {
  const some = sampleDeployment([...done.tasks, failedTask]);
  const all = sampleDeployment([failedTask, sampleTask({ status: 'cancelled' })]);
  for (const [end, exit] of [
    [some, EXIT.partial],
    [all, EXIT.failure],
  ] as const) {
    const { data } = await startFakeServer(t, {
      'GET /api/v1/deployments/7': () => end,
      'GET /api/v1/events': silentEvents,
    });
    assert.equal((await runForTest(['--data', data, 'deployment', 'show', '7', '--wait'])).exit, exit);
  }
});

test('--wait goes on over a restart of the server', async (t) => {
  const first = await startFakeServer(t, {
    'GET /api/v1/deployments/7': () => running,
    'GET /api/v1/events': busyEvents,
  });
  let stopped = false;
  const restarts: Promise<unknown>[] = [];
  const { exit, err } = await runForTest(['--data', first.data, 'deployment', 'show', '7', '--wait'], {
    onErr: (text) => {
      if (text.includes('writing') && !stopped) {
        stopped = true;
        void first.stop();
      }
      if (text.includes('does not answer')) {
        const routes = { 'GET /api/v1/deployments/7': () => done, 'GET /api/v1/events': silentEvents };
        restarts.push(startFakeServer(t, routes, first.data));
      }
    },
  });
  await Promise.all(restarts);
  assert.equal(exit, EXIT.ok, err);
  assert.match(err, /writing 43 %\nThe server does not answer; waiting for it\.\nPC-07: done/);
});

test('Ctrl-C ends the waiting, not the deployment, and says so', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/deployments/7': () => running,
    'GET /api/v1/events': silentEvents,
  });
  const stop = new AbortController();
  const { exit, err } = await runForTest(['--data', data, 'deployment', 'show', '7', '--wait'], {
    signal: stop.signal,
    onErr: () => stop.abort(new Interrupted()),
  });
  assert.equal(exit, EXIT.interrupted);
  assert.match(err, /The deployment goes on.*mimeo deployment cancel 7/);
});

test('on a terminal the waiting is redrawn in place', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/deployments/7': inTurn([running, running, done]),
    'GET /api/v1/events': busyEvents,
  });
  const { exit, err, out } = await runForTest(['--data', data, 'deployment', 'show', '7', '--wait'], {
    answers: [],
  });
  assert.deepEqual([exit, out], [EXIT.ok, '']);
  const [before = '', after = ''] = err.split('\u001b[3F\u001b[J');
  assert.match(before, /writing/);
  assert.match(after, /imaged in 6 min/);
});

test('status --watch without a terminal tells what changed, and how a deployment ended', async (t) => {
  const open = [[waiting], [running], []];
  const { data } = await startFakeServer(t, {
    'GET /api/v1/status': () => sampleStatus,
    'GET /api/v1/deployments?open=true': () => (open.length > 1 ? open.shift() : open[0]),
    'GET /api/v1/deployments/7': () => done,
    'GET /api/v1/events': busyEvents,
  });
  const stop = new AbortController();
  const { exit, out } = await runForTest(['--data', data, 'status', '--watch'], {
    signal: stop.signal,
    onOut: (text) => {
      if (text.includes('1 of 1 done')) stop.abort(new Interrupted());
    },
  });
  assert.equal(exit, EXIT.interrupted);
  assert.deepEqual(out.split('\n'), [
    '/var/lib/mimeo/share/manifest.csv:4:1: "00:16:3e:12:34" is no MAC address.',
    '    → Write six pairs of hex digits.',
    'PC-07: waiting: waiting to be switched on',
    'PC-07: running: writing 43 %',
    'PC-07: done: imaged in 6 min',
    'deploy 7: 1 of 1 done',
    '',
  ]);
});

test('logs goes on after the last event it saw when the stream breaks off', async (t) => {
  const event = (id: number): string =>
    `id: ${id}\ndata: ${JSON.stringify({ id, at: '2026-11-23T14:00:00Z', topic: 'task', level: 'info', words: `event ${id}` })}\n\n`;
  const { data, requests } = await startFakeServer(t, {
    'GET /api/v1/events': ({ headers }, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const last = Number(headers['last-event-id'] ?? 4);
      response.write(event(last + 1));
      if (last === 4) response.end();
      return undefined;
    },
  });
  const stop = new AbortController();
  const { exit, out } = await runForTest(['--data', data, 'logs', '-f'], {
    signal: stop.signal,
    onOut: (text) => {
      if (text.includes('event 6')) stop.abort(new Interrupted());
    },
  });
  assert.equal(exit, EXIT.interrupted);
  assert.match(out, /task +event 5\n.*task +event 6\n$/);
  assert.deepEqual(
    requests.map(({ headers }) => headers['last-event-id']),
    [undefined, '5'],
  );
});

test('logs goes on when the server is killed before it had anything to tell', async (t) => {
  let calls = 0;
  const { data } = await startFakeServer(t, {
    'GET /api/v1/events': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': connected\n\n');
      calls++;
      if (calls === 1) setImmediate(() => response.destroy());
      else
        response.write(
          `data: ${JSON.stringify({ id: 1, at: '', topic: 'task', level: 'info', words: 'back' })}\n\n`,
        );
      return undefined;
    },
  });
  const stop = new AbortController();
  const { exit, out } = await runForTest(['--data', data, 'logs'], {
    signal: stop.signal,
    onOut: () => stop.abort(new Interrupted()),
  });
  assert.equal(exit, EXIT.interrupted);
  assert.match(out, /back/);
});

test('logs --since takes the number of an event and nothing else', async () => {
  for (const wrong of ['abc', '1.5', '-1', '99999999999999999999']) {
    const { exit, err } = await runForTest(['logs', `--since=${wrong}`]);
    assert.equal(exit, EXIT.usage);
    assert.match(err, /is no number of an event/);
  }
});
