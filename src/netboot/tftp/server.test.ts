import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../clock.ts';
import type { NetbootEvent } from '../event.ts';
import { listBootFiles } from './boot-files.ts';
import { decodeTftp, encodeTftp, type TftpPacket } from './packet.ts';
import { TftpServer, type TftpServerOptions } from './server.ts';

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
const PORT = 20_069;

/** A server on a loopback address of its own, so that tests run beside each other. */
async function serve(
  t: TestContext,
  address: string,
  options: Partial<TftpServerOptions> = {},
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-tftp-'));
  await writeFile(join(folder, 'boot.bin'), CONTENT);
  const events: NetbootEvent[] = [];
  const waiting = new Set<() => void>();
  const server = new TftpServer({
    addresses: [address],
    port: PORT,
    files: await listBootFiles(folder),
    clock: systemClock,
    timeoutMs: 30,
    macOf: () => '52:54:00:12:34:56',
    onEvent: (event) => {
      events.push(event);
      for (const look of waiting) look();
    },
    ...options,
  });
  await server.start(new AbortController().signal);
  t.after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const until = (kind: NetbootEvent['kind']): Promise<NetbootEvent> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find((event) => event.kind === kind);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { server, events, until, address, folder };
}

interface Bench {
  readonly server: TftpServer;
  readonly events: NetbootEvent[];
  readonly until: (kind: NetbootEvent['kind']) => Promise<NetbootEvent>;
  readonly address: string;
  readonly folder: string;
}

/** A client: its socket, and the packets that arrive there one after the other. */
class Client {
  readonly socket: Socket;
  readonly #arrived: { packet: TftpPacket | null; port: number }[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('message', (bytes, from) => {
      this.#arrived.push({ packet: decodeTftp(Buffer.from(bytes)), port: from.port });
      this.#wake();
    });
  }

  static async open(t: TestContext): Promise<Client> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    t.after(() => socket.close());
    return new Client(socket);
  }

  send(packet: TftpPacket, port: number, address: string): void {
    this.socket.send(encodeTftp(packet), port, address);
  }

  async next(): Promise<{ packet: TftpPacket | null; port: number }> {
    for (;;) {
      const first = this.#arrived.shift();
      if (first) return first;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Loads a file; `lose` says which packets (counted both ways) never arrive. */
  async load(
    bench: Bench,
    options: Record<string, string>,
    lose: (count: number) => boolean,
  ): Promise<Buffer> {
    const given = new Map(Object.entries(options));
    this.send({ op: 'rrq', file: 'boot.bin', mode: 'octet', options: given }, PORT, bench.address);
    const blockSize = Number(options['blksize'] ?? 512);
    const windowSize = Number(options['windowsize'] ?? 1);
    const parts: Buffer[] = [];
    let count = 0;
    let inWindow = 0;
    for (;;) {
      const { packet, port } = await this.next();
      if (packet?.op === 'error') throw new Error(packet.message);
      if (lose(count++)) continue;
      const ack = (block: number): void => {
        inWindow = 0;
        if (!lose(count++)) this.send({ op: 'ack', block: block & 0xffff }, port, bench.address);
      };
      if (packet?.op === 'oack') ack(0);
      if (packet?.op !== 'data') continue;
      if (packet.block !== ((parts.length + 1) & 0xffff)) {
        ack(parts.length);
        continue;
      }
      parts.push(Buffer.from(packet.data));
      inWindow += 1;
      const last = packet.data.length < blockSize;
      if (inWindow === windowSize || last) ack(parts.length);
      if (last) {
        // A real client lingers for the last acknowledgment's sake; here it always arrives.
        this.send({ op: 'ack', block: parts.length & 0xffff }, port, bench.address);
        return Buffer.concat(parts);
      }
    }
  }
}

const never = (): boolean => false;

test('a file arrives whole, plainly and with options, and each step is reported', async (t) => {
  const bench = await serve(t, '127.0.1.1');
  const client = await Client.open(t);
  assert.deepEqual(await client.load(bench, {}, never), CONTENT);
  const done = await bench.until('tftp-done');
  assert.match(done.words, /^loaded boot\.bin: 100000 bytes in \d+\.\d s$/);
  assert.deepEqual([done.mac, done.address, done.file], ['52:54:00:12:34:56', '127.0.0.1', 'boot.bin']);
  assert.deepEqual(
    await (await Client.open(t)).load(bench, { blksize: '1450', windowsize: '4' }, never),
    CONTENT,
  );
  assert.deepEqual(bench.events.map((event) => event.kind).slice(0, 2), ['tftp-started', 'tftp-done']);
});

test('a file arrives whole over a line that loses packets', async (t) => {
  const bench = await serve(t, '127.0.1.2');
  // A fixed pattern: about one packet in five, never the same place in a window twice.
  const lose = (count: number): boolean => (count * 2_654_435_761) % 97 < 18;
  for (const windowsize of ['1', '4', '16']) {
    const client = await Client.open(t);
    const content = await client.load(bench, { blksize: '1024', windowsize }, lose);
    assert.deepEqual(content, CONTENT, `window ${windowsize}`);
  }
});

test('two hundred hosts at once each get theirs', async (t) => {
  const bench = await serve(t, '127.0.1.3', { limits: { sessions: 512, perClient: 512 }, timeoutMs: 1000 });
  const clients = await Promise.all(Array.from({ length: 200 }, () => Client.open(t)));
  const loaded = await Promise.all(clients.map((client) => client.load(bench, { blksize: '1450' }, never)));
  assert.ok(loaded.every((content) => content.equals(CONTENT)));
});

test('asking for the size and breaking off is no failure', async (t) => {
  const bench = await serve(t, '127.0.1.4');
  const client = await Client.open(t);
  const options = new Map([['tsize', '0']]);
  client.send({ op: 'rrq', file: 'boot.bin', mode: 'octet', options }, PORT, bench.address);
  const { packet, port } = await client.next();
  assert.deepEqual(packet, { op: 'oack', options: new Map([['tsize', '100000']]) });
  client.send({ op: 'error', code: 8, message: 'User aborted the transfer' }, port, bench.address);
  assert.equal((await bench.until('tftp-sized')).words, 'asked for the size of boot.bin');
  assert.equal(bench.server.counts.failed, 0);
});

test('what is refused is refused in words', async (t) => {
  const bench = await serve(t, '127.0.1.5');
  const client = await Client.open(t);
  const ask = async (op: 'rrq' | 'wrq', file: string, mode: string): Promise<string> => {
    client.send({ op, file, mode, options: new Map() }, PORT, bench.address);
    const { packet } = await client.next();
    assert.equal(packet?.op, 'error');
    return `${packet.code} ${packet.message}`;
  };
  assert.equal(await ask('rrq', '../../etc/passwd', 'octet'), '1 No such file');
  assert.equal(await ask('rrq', '/etc/passwd', 'octet'), '1 No such file');
  assert.equal(await ask('wrq', 'boot.bin', 'octet'), '2 This server takes no files');
  assert.equal(await ask('rrq', 'boot.bin', 'netascii'), '0 Files are sent in binary (octet) mode only');
  assert.equal(bench.server.counts.refused, 4);
  assert.match(bench.events[0]?.words ?? '', /asked for \.\.\/\.\.\/etc\/passwd over TFTP: No such file/);
});

test('one client cannot take all places, and a client that falls silent gives its place back', async (t) => {
  const bench = await serve(t, '127.0.1.6', { limits: { sessions: 10, perClient: 2 }, timeoutMs: 1 });
  const request: TftpPacket = { op: 'rrq', file: 'boot.bin', mode: 'octet', options: new Map() };
  const clients = await Promise.all([1, 2, 3].map(() => Client.open(t)));
  for (const client of clients) client.send(request, PORT, bench.address);
  const { words } = await bench.until('tftp-refused');
  assert.match(words, /Too many transfers/);
  assert.match(
    (await bench.until('tftp-failed')).words,
    /did not load boot\.bin: it stopped answering at byte 0/,
  );
});

test("a stranger on a transfer's port is told so and disturbs nothing", async (t) => {
  const bench = await serve(t, '127.0.1.7', { timeoutMs: 1000 });
  const [client, stranger] = await Promise.all([Client.open(t), Client.open(t)]);
  client.send({ op: 'rrq', file: 'boot.bin', mode: 'octet', options: new Map() }, PORT, bench.address);
  const { port } = await client.next();
  stranger.send({ op: 'error', code: 0, message: 'die' }, port, bench.address);
  const { packet } = await stranger.next();
  assert.equal(packet?.op === 'error' && packet.code, 5);
  assert.equal(bench.server.running, 1);
});

test('a file that vanished is an error to the client and an event', async (t) => {
  const bench = await serve(t, '127.0.1.8');
  await rm(join(bench.folder, 'boot.bin'));
  const client = await Client.open(t);
  await assert.rejects(client.load(bench, {}, never), /cannot be read on the server/);
  assert.match((await bench.until('tftp-failed')).words, /ENOENT/);
  assert.equal(bench.server.running, 0);
});

test('the port is free again after stop, and taken is said in words', async (t) => {
  const bench = await serve(t, '127.0.1.9');
  const second = new TftpServer({
    addresses: [bench.address],
    port: PORT,
    files: new Map(),
    clock: systemClock,
    onEvent: () => undefined,
  });
  await assert.rejects(second.start(new AbortController().signal), { code: 'netboot-port-taken' });
  await bench.server.stop();
  const abort = new AbortController();
  await second.start(abort.signal);
  abort.abort();
  await second.stop();
  await bench.server.stop();
});
