import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerRequest, AskOrder, DeployOrder, Work } from '../protocol/index.ts';
import { problem } from './testing/contract-server.ts';
import { fileDisk, startLabAgent } from './testing/lab-agent.ts';

const patience = { timeout: 20_000 };

const ask: AskOrder = {
  kind: 'ask',
  images: [{ name: 'xp', version: 3, diskBytes: 8e9, usedBytes: 2e9, createdAt: '2026-11-01T10:00:00Z' }],
  proposedName: 'PC-123456',
  currentName: null,
  defaultSeconds: 30,
};
const deploy: DeployOrder = {
  kind: 'deploy',
  taskId: 't1',
  attempt: 1,
  host: { name: 'RM101-PC05', lab: 'lab-3' },
  image: { name: 'xp', version: 3 },
  disk: null,
  keep: [],
  grow: 'auto',
  personalise: null,
  after: 'reboot',
};
/** Hands out these works one after the other, and then has nothing to do. */
function works(...list: Work[]): () => Promise<Work> {
  return () => {
    const next = list.shift();
    return next ? Promise.resolve(next) : new Promise<Work>(() => undefined);
  };
}

test('a host with nothing to do starts its own disk', patience, async (t) => {
  const agent = await startLabAgent(t, { work: works({ kind: 'boot-local', words: 'Nothing to do.' }) });
  assert.deepEqual(await agent.ended, ['reboot']);
  assert.equal(agent.server.hellos[0]?.bootNonce, 'nonce-1');
  assert.match(agent.serial(), /MIMEO leaving: Nothing to do\./);
});

test('switched off when the server says so', patience, async (t) => {
  const agent = await startLabAgent(t, { work: works({ kind: 'power', after: 'shutdown', words: 'Off.' }) });
  assert.deepEqual(await agent.ended, ['shutdown']);
});

test('SIGTERM ends it without touching the power', patience, async (t) => {
  const agent = await startLabAgent(t, { work: works({ kind: 'idle', words: 'nothing yet' }) });
  await agent.seen('MIMEO waiting: nothing yet');
  agent.stop();
  assert.deepEqual(await agent.ended, []);
});

test('an unknown machine is asked on its serial line, and its answer sent', patience, async (t) => {
  const answers: AnswerRequest[] = [];
  const agent = await startLabAgent(
    t,
    {
      work: works(ask, { kind: 'power', after: 'shutdown', words: 'The end.' }),
      check: ({ value }) =>
        value === 'PC-1'
          ? { accepted: false, field: 'name', message: 'PC-1 is taken.', next: 'Type another name.' }
          : { accepted: true },
      answer: (answer) => {
        answers.push(answer);
        return { accepted: true };
      },
    },
    [fileDisk('/dev/none', 500e9)],
  );
  await agent.seen('Choose 1-3:');
  agent.type('2\r');
  await agent.seen('Image number:');
  agent.type('1\r');
  await agent.seen('Computer name [PC-123456]:');
  agent.type('PC-1\r');
  await agent.seen('PC-1 is taken. Type another name.');
  agent.type('PC-2\r');
  await agent.seen("Technician's code:");
  agent.type('ABCD\r');
  await agent.seen('****');
  await agent.seen('Type yes to wipe Test disk /dev/none, 500 GB:');
  agent.type('yes\r');
  assert.deepEqual(await agent.ended, ['shutdown']);
  assert.deepEqual(answers, [{ choice: 'deploy', image: 'xp', name: 'PC-2', code: 'ABCD' }]);
});

test('the own disk chosen at the screen restarts the machine', patience, async (t) => {
  const agent = await startLabAgent(t, { work: works(ask) });
  await agent.seen('Choose 1-3:');
  agent.type('1\r');
  assert.deepEqual(await agent.ended, ['reboot']);
  assert.ok(agent.server.calls.includes('POST /agent/v1/answer'));
});

test(
  'a failure reaches the server and stays on the screen; the machine stays on and takes new work',
  patience,
  async (t) => {
    let failed = false;
    const agent = await startLabAgent(t, {
      work: works(
        deploy,
        { kind: 'boot-local', words: 'Nothing to do.' },
        { kind: 'power', after: 'shutdown', words: 'Off.' },
      ),
      report: (report) => {
        failed ||= report.kind === 'failed';
        return { cancel: false };
      },
      intercept: (request, response) => {
        if (request.url !== '/agent/v1/tasks/t1/index') return false;
        problem(response, 404, 'image-missing', 'The image xp version 3 is gone.');
        return true;
      },
    });
    assert.deepEqual(await agent.ended, ['shutdown']);
    assert.ok(failed);
    const report = agent.server.reports.find((one) => one.kind === 'failed');
    assert.equal(report?.kind === 'failed' && report.failure.message, 'The image xp version 3 is gone.');
    assert.match(
      agent.serial(),
      /MIMEO failed: The image xp version 3 is gone\.\nMIMEO next step: Do something/,
    );
    assert.doesNotMatch(agent.serial(), /leaving: Nothing to do/);
  },
);

test('cancelled at the host with c and y, and then what was ordered for afterwards', patience, async (t) => {
  const agent = await startLabAgent(t, {
    work: works(deploy),
    index: () => new Promise<Buffer>(() => undefined),
  });
  await agent.seen('MIMEO phase=preparing');
  agent.type('yc');
  await agent.seen('Really stop?');
  agent.type('n');
  await agent.seen('MIMEO phase=preparing');
  agent.type('c');
  await agent.seen('Really stop?');
  agent.type('y');
  assert.deepEqual(await agent.ended, ['reboot']);
  assert.deepEqual(
    agent.server.reports.filter((one) => one.kind === 'cancelled'),
    [{ kind: 'cancelled', by: 'host' }],
  );
  assert.match(
    agent.serial(),
    /MIMEO cancelled: Stopped at this machine\. Nothing was changed on the disk\./,
  );
});

test('cancelled by the server in its reply to a report', patience, async (t) => {
  const agent = await startLabAgent(t, {
    work: works(deploy),
    index: () => new Promise<Buffer>(() => undefined),
    report: (report) => ({ cancel: report.kind === 'progress' }),
  });
  assert.deepEqual(await agent.ended, ['reboot']);
  assert.deepEqual(agent.server.reports.at(-1), { kind: 'cancelled', by: 'server' });
});

test('a task that the server will not hear of any more ends as failed', patience, async (t) => {
  const agent = await startLabAgent(t, {
    work: works(deploy, { kind: 'power', after: 'shutdown', words: 'Off.' }),
    index: () => new Promise<Buffer>(() => undefined),
    intercept: (request, response) => {
      if (request.url !== '/agent/v1/tasks/t1/report') return false;
      problem(response, 403, 'not-allowed', 'Task t1 belongs to another host.');
      return true;
    },
  });
  assert.deepEqual(await agent.ended, ['shutdown']);
  assert.match(agent.serial(), /MIMEO failed: Task t1 belongs to another host\./);
});

test('a host that is to stay stays, and goes when the server says so', patience, async (t) => {
  const agent = await startLabAgent(t, {
    work: works({ ...deploy, after: 'stay' }, { kind: 'power', after: 'shutdown', words: 'Off now.' }),
    index: () => new Promise<Buffer>(() => undefined),
    report: (report) => ({ cancel: report.kind === 'progress' }),
  });
  assert.deepEqual(await agent.ended, ['shutdown']);
  assert.match(agent.serial(), /MIMEO cancelled: .*\n(?:.*\n)*?MIMEO The machine waits for the server\./);
});
