import { createHash, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createApp, type Services } from '../../api/index.ts';
import { type Clock, systemClock } from '../../clock.ts';
import { type Database, openDatabase } from '../../db/index.ts';
import {
  CHUNK_BYTES,
  ChunkTableBuilder,
  fullMask,
  generateSigningKey,
  type ImageIndex,
  publicKeyOf,
} from '../../image/index.ts';
import { type HelloReply, type HelloRequest, PROTOCOL_VERSION } from '../../protocol/index.ts';
import { type ImageStore, MemoryStore } from '../../store/index.ts';
import { prepareShare } from '../share-folder.ts';
import { wireServices } from '../wiring.ts';

/** A clock that the test moves. */
export class TestClock implements Clock {
  #now = Date.UTC(2026, 10, 23, 8);

  now(): number {
    return this.#now;
  }
  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.delay(ms, signal);
  }
  monotonic(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Everything of the server but its sockets: real database, real services, real routes; chunks in memory. */
export class TestServer {
  readonly data: string;
  readonly clock: TestClock;
  readonly signingKey: KeyObject;
  readonly store: ImageStore;
  readonly db: Database;
  readonly services: Services;
  readonly app: FastifyInstance;
  readonly adminToken: string;
  #ended = false;

  private constructor(
    parts: Pick<
      TestServer,
      'data' | 'clock' | 'signingKey' | 'store' | 'db' | 'services' | 'app' | 'adminToken'
    >,
  ) {
    this.data = parts.data;
    this.clock = parts.clock;
    this.signingKey = parts.signingKey;
    this.store = parts.store;
    this.db = parts.db;
    this.services = parts.services;
    this.app = parts.app;
    this.adminToken = parts.adminToken;
  }

  /** @param before what an earlier server of the same data folder left: this one is its restart */
  static async start(before?: TestServer): Promise<TestServer> {
    const data = before?.data ?? (await mkdtemp(join(tmpdir(), 'mimeo-server-')));
    const clock = before?.clock ?? new TestClock();
    const signingKey = before?.signingKey ?? generateSigningKey();
    const store = before?.store ?? new MemoryStore({ signingKey });
    const indexKey = publicKeyOf(signingKey);
    await prepareShare(join(data, 'share'));
    const db = openDatabase(join(data, 'mimeo.db'));
    const httpBase = 'http://10.0.0.2:8080';
    const extraAliases = [['pci:v000015B3d00001003sv*sd*bc*sc*i*', 'mlx4_core']] as const;
    const services = wireServices({
      data,
      db,
      store,
      clock,
      httpBase,
      indexKey,
      extraAliases,
      kernelWords: '',
      onFault: () => undefined,
    });
    await services.board.start();
    await services.manifest.start();
    const facts = {
      version: '0',
      startedAt: clock.now(),
      interface: 'eth0',
      address: '10.0.0.2',
      dhcpServers: () => [],
      indexKeys: [indexKey],
      httpBase,
      bootFolder: data,
    };
    const app = createApp(services, facts, pino({ level: 'silent' }));
    const adminToken = await services.access.claim(services.access.newClaimCode());
    return new TestServer({ data, clock, signingKey, store, db, services, app, adminToken });
  }

  /** Ends without a word, as a killed process does: what was not written is lost. */
  async crash(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.services.manifest.stop();
    await this.app.close();
    await this.db.destroy();
    // With the database gone it cannot save anything any more; its timer ends.
    await this.services.board.stop().catch(() => undefined);
  }

  async stop(): Promise<void> {
    if (!this.#ended) await this.services.board.stop();
    await this.crash();
    await rm(this.data, { recursive: true, force: true });
  }

  /** A call as the administrator; answers status and JSON. */
  async api(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
  ): Promise<{ status: number; json: unknown }> {
    return this.call(method, url, this.adminToken, body);
  }

  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    token: string | null,
    body?: object | Buffer,
  ): Promise<{ status: number; json: unknown; bytes: Buffer }> {
    const bytesBody = Buffer.isBuffer(body);
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(bytesBody ? { 'content-type': 'application/octet-stream' } : {}),
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    const isJson = /json/.test(String(answer.headers['content-type'] ?? ''));
    return { status: answer.statusCode, json: isJson ? answer.json() : null, bytes: answer.rawPayload };
  }

  /** The boot script a machine gets. */
  async bootScript(mac: string, more = ''): Promise<string> {
    const url = `/boot/script?mac=${mac.replaceAll(':', '-')}&uuid=&platform=pcbios&arch=i386&nic=&serial=&manufacturer=&product=${more}`;
    return (await this.app.inject({ method: 'GET', url })).body;
  }

  /** Boots a machine into the boot environment and says hello for it. */
  async boot(mac: string, inventory: Partial<HelloRequest['inventory']> = {}): Promise<HelloReply> {
    const script = await this.bootScript(mac);
    const [, nonce] = /mimeo\.boot=(\S+)/.exec(script) ?? [];
    if (nonce === undefined) throw new Error(`${mac} was not sent into the boot environment:\n${script}`);
    return this.hello(mac, nonce, inventory);
  }

  async hello(
    mac: string,
    bootNonce: string | null,
    inventory: Partial<HelloRequest['inventory']> = {},
  ): Promise<HelloReply> {
    const body: HelloRequest = {
      protocol: PROTOCOL_VERSION,
      bootNonce,
      uptimeSeconds: 12,
      inventory: {
        uuid: null,
        serial: null,
        manufacturer: 'Test',
        product: 'PC',
        macs: [{ name: 'eth0', mac, speedMbit: 1000, link: true, booted: true }],
        disks: [diskOf(8)],
        memoryBytes: 2 ** 30,
        cpus: 2,
        firmware: 'bios',
        driverless: [],
        ...inventory,
      },
    };
    const { status, json } = await this.call('POST', '/agent/v1/hello', null, body);
    if (status !== 200) throw new Error(`hello: ${status} ${JSON.stringify(json)}`);
    return json as HelloReply;
  }

  /** Replaces a chunk unchecked, as a bad disk would. */
  async alterChunk(id: string, bytes: Buffer): Promise<void> {
    if (!(this.store instanceof MemoryStore)) throw new Error('this server keeps its chunks elsewhere');
    await this.store.alterChunk(id, bytes);
  }

  /** Puts an image with one chunk into the store. */
  async addImage(name: string, diskBytes = 4 * 1024 ** 3): Promise<string> {
    const chunk = createHash('sha256').update(name).digest();
    const raw = Buffer.alloc(CHUNK_BYTES, chunk);
    const id = createHash('sha256').update(raw).digest('hex');
    await this.store.putChunk(id, zstdCompressSync(raw));
    const createdAt = new Date(this.clock.now()).toISOString();
    this.clock.advance(1000);
    await this.store.commit({ ...oneChunkIndex(name, id, diskBytes), createdAt });
    await this.services.manifest.check({ force: true });
    return id;
  }
}

/** A fixed disk of so many GiB. */
export function diskOf(gib: number): HelloRequest['inventory']['disks'][number] {
  return {
    device: '/dev/sda',
    sizeBytes: gib * 1024 ** 3,
    sectorBytes: 512,
    model: 'Disk',
    serial: 'S1',
    transport: 'sata',
    removable: false,
  };
}

export function oneChunkIndex(name: string, id: string, diskBytes: number): ImageIndex {
  const chunks = new ChunkTableBuilder();
  chunks.append(id, fullMask(), 100);
  const startByte = CHUNK_BYTES;
  return {
    name,
    version: 0,
    createdAt: '2026-11-23T08:00:00.000Z',
    notes: '',
    layout: {
      table: 'mbr',
      diskBytes,
      sectorBytes: 512,
      diskId: '12345678',
      bootCode: new Uint8Array(440),
      partitions: [{ number: 1, startByte, lengthBytes: CHUNK_BYTES, type: '07', active: true, gpt: null }],
    },
    regions: [
      {
        kind: 'partition',
        partition: 1,
        filesystem: 'ntfs',
        label: '',
        startByte,
        lengthBytes: CHUNK_BYTES,
        chunks: chunks.build(),
      },
    ],
    otherDisks: [],
  };
}
