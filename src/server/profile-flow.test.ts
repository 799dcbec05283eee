import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { DeploymentView, HostExplanationView, Preview } from '../api/index.ts';
import type { DeployOrder, Work } from '../protocol/index.ts';
import { TestServer } from './testing/test-server.ts';

const MAC = '52:54:00:00:00:01';

async function serverWithProfile(t: TestContext, text: string | null) {
  const server = await TestServer.start();
  t.after(() => server.stop());
  await server.addImage('win');
  const share = join(server.data, 'share');
  await writeFile(join(share, 'manifest.csv'), `mac,image,name,lab\n${MAC},win,R101-PC07,R101\n`);
  await server.services.manifest.check();
  const say = (toml: string): Promise<void> => writeFile(join(share, 'profiles', 'school.toml'), toml);
  if (text !== null) await say(text);
  const preview = async () => {
    const { status, json } = await server.api('POST', '/api/v1/deployments/preview', { targets: ['R101'] });
    return { status, preview: json as Preview, problem: json as { code: string; detail: string } };
  };
  const order = async (): Promise<DeploymentView> => {
    const { digest } = (await preview()).preview;
    const { json } = await server.api('POST', '/api/v1/deployments', { targets: ['R101'], digest });
    return json as DeploymentView;
  };
  const work = async (): Promise<Work> => {
    const { token } = await server.boot(MAC);
    const { status, json } = await server.call('GET', '/agent/v1/work?wait=0', token);
    assert.equal(status, 200, JSON.stringify(json));
    return json as Work;
  };
  return { server, say, preview, order, work };
}

test('what the profiles say of a host travels with its order, filled in, with its secrets', async (t) => {
  const { server, order, work } = await serverWithProfile(
    t,
    [
      '[region]',
      'time_zone = "Europe/Berlin"',
      '[windows]',
      'organisation = "{{lab.name}}, seat {{seat}}"',
      'administrator_password = { secret = "administrator" }',
    ].join('\n'),
  );
  await mkdir(join(server.data, 'secrets'), { mode: 0o700 });
  await writeFile(join(server.data, 'secrets', 'administrator'), 'p4ssw0rd\n', { mode: 0o600 });
  await order();
  const { personalise } = (await work()) as DeployOrder;
  assert.equal(personalise?.computerName, 'R101-PC07');
  assert.equal(personalise.region.timeZone, 'Europe/Berlin');
  assert.equal(personalise.windows.organisation, 'R101, seat 7');
  assert.equal(personalise.windows.administratorPassword, 'p4ssw0rd');
  assert.equal(personalise.windows.skipQuestions, true);
});

test('without profiles nothing but the name and the .reg files of the share are said', async (t) => {
  const { server, order, work } = await serverWithProfile(t, null);
  const registry = join(server.data, 'share', 'registry');
  await mkdir(join(registry, 'labs'));
  for (const name of ['b.reg', 'a.reg', 'labs/other.reg'])
    await writeFile(join(registry, name), 'REGEDIT4\r\n');
  await order();
  const { personalise } = (await work()) as DeployOrder;
  assert.deepEqual(
    personalise?.registryFiles.map(({ name }) => name),
    ['a.reg', 'b.reg'],
  );
  assert.equal(personalise?.windows.skipQuestions, false);
});

test('what a host would become is told line by line, no secret with it', async (t) => {
  const { server } = await serverWithProfile(
    t,
    '[region]\ntime_zone = "Europe/Berlin"\n[windows]\nadministrator_password = "p4ssw0rd"\n',
  );
  const { status, json } = await server.api('GET', '/api/v1/hosts/R101-PC07/personalise');
  assert.equal(status, 200, JSON.stringify(json));
  const { lines, image, version, warnings } = json as HostExplanationView;
  assert.match(warnings.join('\n'), /school\.toml, line 4[\s\S]*plain text/);
  assert.deepEqual([image, version], ['win', 1]);
  const of = (path: string) => lines.find((line) => line.path === path);
  assert.deepEqual(of('region.timeZone'), {
    ...{ path: 'region.timeZone', value: 'Europe/Berlin', from: 'school.toml, line 2, column 13' },
  });
  assert.equal(of('windows.administratorPassword')?.value, '(secret)');
  assert.doesNotMatch(JSON.stringify(json), /p4ssw0rd/);
  const missing = await server.api('GET', '/api/v1/hosts/R101-PC07/personalise?image=none');
  assert.equal((missing.json as { code: string }).code, 'image-missing');
});

test('a slip in a profile is told before anything is ordered, with its line', async (t) => {
  const { preview } = await serverWithProfile(t, '[region]\ntime_zome = "Europe/Berlin"\n');
  const { status, problem } = await preview();
  assert.equal(status, 409, JSON.stringify(problem));
  assert.equal(problem.code, 'profile-invalid');
  assert.match(problem.detail, /school\.toml, line 2, column 1\b[\s\S]*time_zome[\s\S]*time_zone/);
});

test('a profile that was spoilt after the order fails the task in words, and no disk is written', async (t) => {
  const { server, say, order, work } = await serverWithProfile(t, '[region]\nlanguage = "de-DE"\n');
  const deployment = await order();
  await say('[region]\nlanguage = 5\n');
  const told = await work();
  assert.equal(told.kind, 'power');
  assert.match(told.kind === 'power' ? told.words : '', /school\.toml, line 2/);
  const { json } = await server.api('GET', `/api/v1/deployments/${deployment.id}`);
  const [task] = (json as DeploymentView).tasks;
  assert.equal(task?.status, 'failed');
  assert.match(JSON.stringify(task), /school\.toml, line 2/);
});

test('a host gets the drivers and packages that its profiles name, and nothing else of the share', async (t) => {
  const { server, say, order } = await serverWithProfile(t, null);
  const share = join(server.data, 'share');
  const inf = randomBytes(5_000_000);
  await mkdir(join(share, 'drivers', 'HP', 'lan'), { recursive: true });
  await mkdir(join(share, 'packages', '7zip'), { recursive: true });
  await writeFile(join(share, 'drivers', 'HP', 'lan', 'a.sys'), inf);
  await writeFile(join(share, 'packages', '7zip', '7z.msi'), 'msi');
  await writeFile(join(share, 'packages', '7zip', 'other.txt'), 'not named');
  await say(
    '[drivers]\nfolders = ["HP"]\n[first_boot]\npackages = ["7zip"]\n[[package]]\nname = "7zip"\nfiles = ["7z.msi"]\n',
  );
  await order();
  const { token } = await server.boot(MAC);
  const { json } = await server.call('GET', '/agent/v1/work?wait=0', token);
  const { taskId, personalise } = json as DeployOrder;
  const [file] = personalise?.drivers[0]?.files ?? [];
  const [msi] = personalise?.firstBoot?.packages[0]?.files ?? [];
  assert.deepEqual([file?.path, file?.bytes, msi?.path], ['lan/a.sys', inf.length, '7z.msi']);

  const part = (hash: string | undefined, from: number) =>
    server.call('GET', `/agent/v1/tasks/${taskId}/files/${hash}?from=${from}`, token);
  const first = (await part(file?.sha256, 0)).bytes;
  const second = (await part(file?.sha256, first.length)).bytes;
  assert.ok(Buffer.concat([first, second]).equals(inf));
  assert.equal((await part(msi?.sha256, 0)).bytes.toString(), 'msi');
  for (const text of ['not named', 'nowhere']) {
    const { json: problem } = await part(createHash('sha256').update(text).digest('hex'), 0);
    assert.equal((problem as { code: string }).code, 'share-file-missing');
  }
  const stranger = await server.call('GET', `/agent/v1/tasks/t-0/files/${file?.sha256}`, token);
  assert.ok(stranger.status >= 400);
});

test('an offline join is refused as long as it is not done, and named', async (t) => {
  const { preview } = await serverWithProfile(t, '[domain]\njoin = "offline"\ndomain = "school.example"\n');
  const { preview: found } = await preview();
  assert.deepEqual(found.machines, []);
  assert.match(found.refused[0]?.message ?? '', /join R101-PC07 to school\.example offline/);
});
