import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from '../exit-codes.ts';
import { problem, startFakeServer } from '../testing/fake-server.ts';
import { runForTest } from '../testing/run.ts';
import {
  sampleDeployment,
  sampleHost,
  sampleImage,
  samplePreview,
  sampleStatus,
  sampleTask,
} from '../testing/samples.ts';

const order = sampleDeployment([sampleTask()]);

const explanation = {
  ...{ host: 'PC-07', image: 'win', version: 3, locations: ['School', 'R101'], warnings: [] },
  lines: [{ path: 'region.timeZone', value: 'Europe/Berlin', from: 'a.toml, line 2, column 1' }],
};

const nothingFetched = { serverBytes: 0, peerBytes: 0, sampleMs: 2000, hosts: [], flows: [], remarks: [] };

test('lists and details come as text, and under --json as the server said them', async (t) => {
  const { data } = await startFakeServer(t, {
    'GET /api/v1/hosts': () => [sampleHost],
    'GET /api/v1/hosts?lab=lab%203': () => [],
    'GET /api/v1/hosts/00%3A16%3A3e%3A12%3A34%3A56': () => sampleHost,
    'GET /api/v1/hosts/pc-07/personalise?image=win%403': () => explanation,
    'GET /api/v1/images?costs=true': () => [sampleImage],
    'GET /api/v1/damaged-images': () => [],
    'GET /api/v1/images/win-xp%403': () => sampleImage,
    'GET /api/v1/deployments': () => [order],
    'GET /api/v1/deployments/7': () => order,
    'GET /api/v1/deployments/7/swarm': () => nothingFetched,
  });
  const cases = [
    { args: ['host', 'list'], value: [sampleHost], words: /PC-07 +lab-3/ },
    { args: ['host', 'list', '--lab', 'lab 3'], value: [], words: /No hosts yet/ },
    { args: ['host', 'show', '00:16:3e:12:34:56'], value: sampleHost, words: /OptiPlex 3020/ },
    {
      args: ['personalise', 'plan', 'pc-07', '--image', 'win@3'],
      value: explanation,
      words:
        /PC-07 with win@3, in School \/ R101\n\nSETTING +VALUE +FROM\nregion\.timeZone +Europe\/Berlin +a\.toml, line 2/,
    },
    { args: ['image', 'list'], value: [sampleImage], words: /win-xp@3/ },
    {
      args: ['image', 'show', 'win-xp@3'],
      value: sampleImage,
      words: /9216 chunks\n.*1\.07 GB that no other/,
    },
    { args: ['deployment', 'list'], value: [order], words: /7 +deploy +2026/ },
    { args: ['deployment', 'show', '7'], value: order, words: /PC-07 +waiting/ },
  ];
  for (const { args, value, words } of cases) {
    const text = await runForTest(['--data', data, ...args]);
    assert.equal(text.exit, EXIT.ok, text.err);
    assert.match(text.out, words);
    const json = await runForTest([...args, '--data', data, '--json']);
    assert.deepEqual(JSON.parse(json.out), value);
    assert.equal(json.err, '');
  }
});

test('a deployment of one machine asks once, and goes on with the digest it showed', async (t) => {
  const one = { ...samplePreview, machines: samplePreview.machines.slice(0, 1) };
  const { data, requests } = await startFakeServer(t, {
    'POST /api/v1/deployments/preview': () => one,
    'POST /api/v1/deployments': () => order,
  });
  const args = ['--data', data, 'deploy', 'pc-07', '--image', 'win-xp', '--for', '30m', '--after', 'stay'];
  const no = await runForTest(args, { answers: [''] });
  assert.equal(no.exit, EXIT.failure);
  assert.equal(requests.length, 1, 'a bare Enter orders nothing');

  const yes = await runForTest(args, { answers: ['y'] });
  assert.equal(yes.exit, EXIT.ok, yes.err);
  assert.match(
    yes.err,
    /ST500DM002.*\n {4}partition 2 grows .*\n\n1 machine\. Everything on these disks is lost\./,
  );
  const request = { targets: ['pc-07'], image: 'win-xp', forHours: 0.5, after: 'stay' };
  assert.deepEqual(
    requests.slice(1).map(({ body }) => body),
    [request, { ...request, digest: 'abc123' }],
  );
});

test('a deployment of many machines wants the name of the lab, or all', async (t) => {
  let preview = samplePreview;
  const { data, requests } = await startFakeServer(t, {
    'POST /api/v1/deployments/preview': () => preview,
    'POST /api/v1/deployments': () => order,
  });
  const ask = (answer: string) => runForTest(['--data', data, 'deploy', 'lab-3'], { answers: [answer] });
  assert.equal((await ask('y')).exit, EXIT.failure);
  assert.equal((await ask('all')).exit, EXIT.failure);
  const typed = await ask('LAB-3');
  assert.deepEqual([typed.exit, typed.questions], [EXIT.ok, ['Type lab-3 to go on: ']]);

  const [first, second] = samplePreview.machines;
  assert.ok(first !== undefined && second !== undefined);
  preview = { ...samplePreview, machines: [first, { ...second, lab: 'lab-4' }] };
  assert.deepEqual((await ask('all')).questions, ['Type all to go on: ']);
  assert.equal(requests.filter(({ line }) => line === 'POST /api/v1/deployments').length, 2);
});

test('without a terminal nothing is asked and nothing is ordered', async (t) => {
  const { data, requests } = await startFakeServer(t, {
    'POST /api/v1/deployments/preview': () => samplePreview,
  });
  const args = ['--data', data, 'deploy', 'lab-3'];
  const refused = await runForTest(args);
  assert.equal(refused.exit, EXIT.usage);
  assert.match(refused.err, /2 machines.*\n.*--yes/);
  const json = await runForTest([...args, '--json'], { answers: ['lab-3'] });
  assert.equal(JSON.parse(json.out).error.code, 'confirmation-needed');
  assert.ok(requests.every(({ line }) => line.endsWith('/preview')));
});

test('--dry-run orders nothing; machines that cannot be done make it partial', async (t) => {
  const first = { target: 'x', code: 'host-busy', message: 'It is busy.', next: 'Look.' };
  const refused = [first];
  let preview = samplePreview;
  const { data, requests } = await startFakeServer(t, {
    'POST /api/v1/deployments/preview': () => preview,
    'POST /api/v1/deployments': () => order,
  });
  const dry = ['--data', data, 'deploy', 'lab-3', '--dry-run'];
  const shown = await runForTest(dry);
  assert.equal(shown.exit, EXIT.ok);
  assert.doesNotMatch(shown.out, /of the manifest/);
  preview = { ...samplePreview, manifestProblems: 2 };
  assert.match((await runForTest(dry)).out, /! 2 lines of the manifest cannot be used: mimeo manifest check/);
  preview = { ...samplePreview, refused };
  assert.equal((await runForTest(dry)).exit, EXIT.partial);
  preview = { ...samplePreview, machines: [], refused };
  assert.equal((await runForTest(dry)).exit, EXIT.failure);
  const nothing = await runForTest(['--data', data, 'deploy', 'x', '--yes']);
  assert.deepEqual([nothing.exit, nothing.err], [EXIT.failure, 'mimeo: x: It is busy.\n    → Look.\n']);
  preview = { ...preview, refused: [{ ...first, code: 'host-missing', message: 'There is no x.' }] };
  const missing = await runForTest(['--data', data, 'deploy', 'x', '--yes', '--json']);
  assert.deepEqual([missing.exit, JSON.parse(missing.out).error.code], [EXIT.notFound, 'host-missing']);
  assert.equal((await runForTest(dry)).exit, EXIT.notFound);
  assert.ok(requests.every(({ line }) => line.endsWith('/preview')));
  preview = { ...samplePreview, refused };
  assert.equal((await runForTest(['--data', data, 'deploy', 'lab-3', '--yes'])).exit, EXIT.partial);
});

test('capture, cancel, retry and code say what they did', async (t) => {
  const { data, requests } = await startFakeServer(t, {
    'POST /api/v1/captures': () => sampleDeployment([sampleTask({ kind: 'capture' })], { kind: 'capture' }),
    'POST /api/v1/deployments/7/cancel': () => order,
    'POST /api/v1/tasks/pc-07/retry': () => sampleTask(),
    'POST /api/v1/codes': () => ({ code: 'K7QM-2XWP', validUntil: '2026-11-23T22:00:00Z' }),
  });
  const run = (...args: string[]) => runForTest(['--data', data, ...args]);
  assert.match((await run('capture', 'master', 'win-xp', '--notes', 'n')).out, /^capture 7 /);
  assert.deepEqual(requests[0]?.body, { host: 'master', image: 'win-xp', notes: 'n' });
  assert.equal((await run('deployment', 'cancel', '7')).exit, EXIT.ok);
  assert.equal((await run('task', 'retry', 'pc-07')).out, 'PC-07: waiting: waiting to be switched on\n');
  assert.equal((await run('code')).out, 'K7QM-2XWP  (valid until 2026-11-23 22:00)\n');
});

test('the manifest is checked with line and column', async (t) => {
  const { data } = await startFakeServer(t, { 'GET /api/v1/status': () => sampleStatus });
  const { exit, out } = await runForTest(['--data', data, 'manifest', 'check']);
  assert.equal(exit, EXIT.failure);
  assert.match(out, /manifest\.csv:4:1: "00:16:3e:12:34" is no MAC address\.\n {4}→ Write six/);
});

test('each refusal of the server has its exit code and its own words', async (t) => {
  const cases = [
    [400, 'request-invalid', EXIT.usage],
    [401, 'not-signed-in', EXIT.auth],
    [403, 'code-wrong', EXIT.auth],
    [404, 'host-missing', EXIT.notFound],
    [409, 'task-open', EXIT.failure],
    [422, 'image-name', EXIT.failure],
    [500, 'internal', EXIT.failure],
  ] as const;
  for (const [status, code, exit] of cases) {
    const { data, stop } = await startFakeServer(t, {
      'GET /api/v1/hosts': (_, response) => problem(response, status, code, 'It said no.'),
    });
    const text = await runForTest(['--data', data, 'host', 'list']);
    assert.deepEqual(text, {
      exit,
      out: '',
      err: 'mimeo: It said no.\n    → Do something else.\n',
      questions: [],
    });
    const json = await runForTest(['--data', data, 'host', 'list', '--json']);
    const error = { code, message: 'It said no.', next: 'Do something else.' };
    assert.deepEqual([json.exit, JSON.parse(json.out)], [exit, { error }]);
    await stop();
  }
});

test('another program on the port is told from a Mimeo server', async (t) => {
  const answers = [
    { routes: { 'GET /api/v1/hosts': () => [{ id: 1 }] }, words: /has no "macs"/ },
    { routes: { 'GET /api/v1/hosts': () => ({}) }, words: /is no list/ },
  ];
  for (const { routes, words } of answers) {
    const { data } = await startFakeServer(t, routes);
    const { exit, err } = await runForTest(['--data', data, 'host', 'list']);
    assert.equal(exit, EXIT.failure);
    assert.match(err, words);
  }
});

test('words from the wire cannot command the terminal', async (t) => {
  const host = { ...sampleHost, model: '\u001b[2Jevil' };
  const { data } = await startFakeServer(t, { 'GET /api/v1/hosts/x': () => host });
  const { out } = await runForTest(['--data', data, 'host', 'show', 'x']);
  assert.ok(!out.includes('\u001b'), out);
});

test('who forgot a word is sent to the help of that command', async () => {
  const { exit, err } = await runForTest(['image', 'diff', 'win-xp@1']);
  assert.equal(exit, EXIT.usage);
  assert.match(err, /missing required argument 'second'\n {4}→ See: mimeo image diff --help\n/);
  assert.match((await runForTest(['--nonsense'])).err, /→ See: mimeo --help\n/);
});
