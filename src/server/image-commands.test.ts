import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { decodeIndex } from '../image/index.ts';
import { diskFile, started } from './testing/command-place.ts';
import { endOf, mimeo, startMimeo } from './testing/mimeo-command.ts';

test('import over the network with a login: the image is what the file is', async (t) => {
  const { server, url, home } = await started(t);
  const path = await diskFile(home, 4);
  const env = { HOME: home };
  const done = await mimeo(['--server', url, 'image', 'import', path, '--name', 'foreign', '--json'], env);
  assert.equal(done.status, 0, done.err + done.out);
  const result = JSON.parse(done.out) as Record<string, unknown>;
  assert.deepEqual(
    [result['image'], result['version'], result['chunks'], result['newChunks']],
    ['foreign', 1, 5, 5],
  );
  assert.match(done.err, /"phase":"reading".*"percent":100/);
  const { index } = await server.store.readIndex('foreign');
  const signed = (await server.call('GET', '/api/v1/images/foreign/index', server.adminToken)).bytes;
  assert.equal(decodeIndex(signed.subarray(0, -81)).regions.length, index.regions.length);
  assert.match(index.notes, /disk\.raw/);
  const stranger = await mimeo(['--server', url, 'image', 'list'], { HOME: '/nonexistent' });
  assert.equal(stranger.status, 3);
});

test('Ctrl-C in the middle of an import leaves nothing, and so does a file that is no image', async (t) => {
  const { server, data, home } = await started(t);
  const path = await diskFile(home, 48);
  const child = startMimeo([...data, 'image', 'import', path, '--name', 'foreign']);
  const ended = endOf(child);
  // In the middle: something was sent, and most was not.
  while ((await server.store.usage()).chunks === 0 && child.exitCode === null) await turn();
  child.kill('SIGINT');
  const { status } = await ended;
  assert.equal(status, 130);
  const { chunks } = await server.store.usage();
  assert.deepEqual([await server.store.list(), chunks], [[], 0]);
  const text = join(home, 'letter.txt');
  await writeFile(text, 'Dear Sir or Madam');
  const refused = await mimeo([...data, 'image', 'import', text, '--name', 'x']);
  assert.deepEqual([refused.status, refused.out], [1, '']);
  assert.match(refused.err, /letter\.txt/);
});

test('an image with a damaged chunk: verify says where, and exits with 1', async (t) => {
  const { server, data } = await started(t);
  const good = await server.addImage('xp');
  await server.alterChunk(good, Buffer.from('rot'));
  const bad = await mimeo([...data, 'image', 'verify', 'xp']);
  assert.equal(bad.status, 1, bad.err);
  assert.match(
    bad.out,
    /xp@1 is NOT whole: of 1 chunk, 1 damaged, 0 missing\.\nchunk [0-9a-f]{12} is damaged: xp@1, partition 1, from byte 0 on\n/,
  );
  const told = await server.services.events.since(0, 100);
  assert.ok(told.some(({ topic, level }) => topic === 'store' && level === 'error'));
  const [list, show, status] = await Promise.all([
    mimeo([...data, 'image', 'list']),
    mimeo([...data, 'image', 'show', 'xp']),
    mimeo([...data, 'store', 'status']),
  ]);
  assert.match(list.err, /xp@1 is NOT whole: 1 chunk lost/);
  assert.match(show.out, /xp@1 is NOT whole: 1 chunk lost/);
  assert.equal(status.status, 1);
  assert.match(status.out, /1 damaged chunk(.*\n)+not whole: xp@1, 1 chunk lost/);
});

test('an image is deleted, and its room is free at once', async (t) => {
  const { server, data } = await started(t);
  await server.addImage('xp');
  assert.equal((await mimeo([...data, 'image', 'delete', 'xp@1', '--yes'])).status, 0);
  const daily = await mimeo([...data, 'store', 'gc']);
  assert.match(
    daily.out,
    /1 chunk .* that no image uses is younger than a day and stays for now\.\n.*mimeo store gc --now/,
  );
  const unasked = await mimeo([...data, 'store', 'gc', '--now']);
  assert.notEqual(unasked.status, 0);
  assert.match(unasked.err, /a capture that was interrupted.*\n.*--yes/);
  assert.equal((await server.store.usage()).chunks, 1);
  const now = await mimeo([...data, 'store', 'gc', '--now', '--yes']);
  assert.match(now.out, /^1 chunk \(.*\) that nobody uses deleted\.\n$/);
  const { chunks, quarantined } = await server.store.usage();
  assert.deepEqual([chunks, quarantined.chunks], [0, 0]);
});

test('a scrub goes on in the background; gc says what it would do', async (t) => {
  const { server, data } = await started(t);
  await server.addImage('xp');
  const [scrub, gc] = await Promise.all([
    mimeo([...data, 'store', 'scrub', '--rate', '50MB/s']),
    mimeo([...data, 'store', 'gc', '--dry-run', '--json']),
  ]);
  assert.equal(scrub.status, 0, scrub.err);
  assert.match(scrub.out, /scrub j-\w+: .*\nFollow it with: mimeo store status\n/);
  assert.equal(
    (JSON.parse(gc.out) as { outcome: { garbage: { chunks: number } } }).outcome.garbage.chunks,
    0,
  );
  const [wrong, jobs] = await Promise.all([
    mimeo([...data, 'store', 'scrub', '--rate', 'quick']),
    mimeo([...data, 'store', 'status']),
  ]);
  assert.equal(wrong.status, 2);
  assert.match(jobs.out, /scrub .* done/);
});

test('deploying to what is not there exits with the status for that', async (t) => {
  const { data } = await started(t);
  const { status, err } = await mimeo([...data, 'deploy', 'nobody', '--yes']);
  assert.deepEqual([status, /There is no lab or host nobody/.test(err)], [4, true], err);
});
