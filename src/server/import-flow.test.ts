import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import type { ImageView, ImportedView } from '../api/index.ts';
import { CHUNK_BYTES, encodeIndex } from '../image/index.ts';
import { oneChunkIndex, TestServer } from './testing/test-server.ts';

const raw = Buffer.alloc(CHUNK_BYTES, 7);
const frame = zstdCompressSync(raw);
const id = createHash('sha256').update(raw).digest('hex');
const index = encodeIndex(oneChunkIndex('foreign', id, 4 * 1024 ** 3));
const MINUTE = 60_000;

async function opened(t: TestContext): Promise<{ server: TestServer; path: string; token: string }> {
  const server = await TestServer.start();
  t.after(() => server.stop());
  const { status, json } = await server.api('POST', '/api/v1/imports', { image: 'foreign' });
  assert.equal(status, 201, JSON.stringify(json));
  return { server, path: `/api/v1/imports/${(json as { id: string }).id}`, token: server.adminToken };
}

async function images(server: TestServer): Promise<string[]> {
  const { json } = await server.api('GET', '/api/v1/images');
  return (json as ImageView[]).map(({ name, version }) => `${name}@${version}`);
}

const codeOf = (answer: { json: unknown }): string => (answer.json as { code: string }).code;

test('chunks first, the index last; then the image reads back', async (t) => {
  const { server, path, token } = await opened(t);
  const asked = await server.call('POST', `${path}/missing`, token, { ids: [id] });
  assert.deepEqual(asked.json, { missing: [id] });
  assert.equal(codeOf(await server.call('PUT', `${path}/index`, token, index)), 'chunk-missing');
  assert.equal((await server.call('PUT', `${path}/chunks/${id}`, token, frame)).status, 204);
  assert.deepEqual(await images(server), [], 'nothing is seen before the commit');
  const committed = await server.call('PUT', `${path}/index`, token, index);
  assert.equal(committed.status, 200, JSON.stringify(committed.json));
  const { name, version } = committed.json as ImportedView;
  assert.deepEqual([name, version], ['foreign', 1]);

  const ref = '/api/v1/images/foreign';
  assert.deepEqual((await server.call('GET', `${ref}/chunks/${id}`, token)).bytes, frame);
  const signed = await server.call('GET', `${ref}@1/index`, token);
  assert.equal(signed.bytes.subarray(0, 8).toString(), 'MIMEOIDX');
  const other = await server.addImage('other');
  assert.equal(codeOf(await server.call('GET', `${ref}/chunks/${other}`, token)), 'not-allowed');
  assert.equal((await server.call('GET', '/api/v1/images/none/index', token)).status, 404);
});

test('an import that is given up, or left alone for ten minutes, leaves nothing', async (t) => {
  const { server, path, token } = await opened(t);
  await server.call('PUT', `${path}/chunks/${id}`, token, frame);
  assert.equal((await server.call('DELETE', path, token)).status, 204);
  assert.equal((await server.call('DELETE', path, token)).status, 204, 'twice is no fault');
  assert.deepEqual(await server.store.missing([id]), [id]);
  assert.equal(codeOf(await server.call('PUT', `${path}/index`, token, index)), 'upload-ended');

  const again = (await server.api('POST', '/api/v1/imports', { image: 'foreign' })).json as { id: string };
  const second = `/api/v1/imports/${again.id}`;
  server.clock.advance(9 * MINUTE);
  await server.call('PUT', `${second}/chunks/${id}`, token, frame);
  server.clock.advance(9 * MINUTE);
  await server.services.uploads.expire();
  assert.deepEqual(await server.store.missing([id]), [], 'the last word was nine minutes ago');
  server.clock.advance(2 * MINUTE);
  await server.services.uploads.expire();
  assert.deepEqual(await server.store.missing([id]), [id]);
  assert.equal((await server.call('PUT', `${second}/index`, token, index)).status, 404);
});

test('it belongs to the login that opened it, and keeps to its name', async (t) => {
  const { server, path, token } = await opened(t);
  const stranger = await server.services.access.claim(server.services.access.newClaimCode());
  for (const [method, url, body] of [
    ['POST', `${path}/missing`, { ids: [id] }],
    ['PUT', `${path}/chunks/${id}`, frame],
    ['PUT', `${path}/index`, index],
    ['DELETE', path, undefined],
  ] as const) {
    assert.equal(codeOf(await server.call(method, url, stranger, body)), 'not-allowed', url);
    assert.equal((await server.call(method, url, null, body)).status, 401, url);
  }
  await server.call('PUT', `${path}/chunks/${id}`, token, frame);
  const other = encodeIndex(oneChunkIndex('other', id, 4 * 1024 ** 3));
  assert.equal(codeOf(await server.call('PUT', `${path}/index`, token, other)), 'not-allowed');
  const wrong = zstdCompressSync(Buffer.alloc(CHUNK_BYTES, 8));
  assert.equal(
    codeOf(await server.call('PUT', `${path}/chunks/${id.replace(/^./, '0')}`, token, wrong)),
    'chunk-damaged',
  );
  assert.equal((await server.call('PUT', `${path}/chunks/..%2f..%2fx`, token, frame)).status, 400);
  const large = Buffer.alloc(1_300_000);
  assert.equal((await server.call('PUT', `${path}/chunks/${id}`, token, large)).status, 400);
  assert.equal((await server.call('PUT', `${path}/index`, token, index)).status, 200);
});

test('a restart ends it', async (t) => {
  const { server, path, token } = await opened(t);
  await server.call('PUT', `${path}/chunks/${id}`, token, frame);
  await server.services.uploads.stop();
  assert.deepEqual(await server.store.missing([id]), [id]);
  assert.equal(codeOf(await server.call('PUT', `${path}/index`, token, index)), 'upload-ended');
  const told = await server.services.events.since(0, 100);
  assert.match(told.at(-1)?.words ?? '', /import of foreign by admin ended without an image/);
  assert.ok(told.every((event) => event.words !== ''));
});

test('only so many at once, and one login leaves room for the others', async (t) => {
  const { server, token: first } = await opened(t);
  const open = (token: string): Promise<{ status: number; json: unknown }> =>
    server.call('POST', '/api/v1/imports', token, { image: 'x' });
  const taken: number[] = [];
  let refusal: unknown = null;
  for (let logins = 0; logins < 5; logins++) {
    const token =
      logins === 0 ? first : await server.services.access.claim(server.services.access.newClaimCode());
    const answers = await Promise.all(Array.from({ length: 10 }, () => open(token)));
    taken.push(answers.filter(({ status }) => status === 201).length);
    assert.ok(answers.every(({ status }) => status === 201 || status === 429));
    refusal ??= answers.at(-1)?.json;
  }
  assert.match(JSON.stringify(refusal), /8 imports of this login are under way already/);
  assert.deepEqual(taken, [7, 8, 8, 8, 0], 'one was open before; 32 are the most of all');
});

test('who gives up while the index is being committed ends nothing that became an image', async (t) => {
  const { server } = await opened(t);
  const { uploads, events } = server.services;
  const caller = { label: 'admin', key: 'k' };
  const upload = uploads.open('foreign', caller);
  await uploads.put(upload.id, caller, id, frame);
  const committed = uploads.commit(upload.id, caller, index);
  await uploads.abandon(upload.id, caller);
  assert.equal((await committed).version, 1);
  assert.deepEqual(await images(server), ['foreign@1']);
  const told = await events.since(0, 100);
  assert.ok(!told.some(({ words }) => words.includes('ended without an image')));
});
