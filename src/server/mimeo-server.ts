import { mkdir, readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createApp, type ServerFacts, type Services, warmUp } from '../api/index.ts';
import { type AliasTable, describeBootEnvironment } from '../bootenv/index.ts';
import { systemClock } from '../clock.ts';
import { type EventRow, openDatabase, type TaskRow } from '../db/index.ts';
import { MimeoError, toMimeoError } from '../errors.ts';
import { publicKeyOf } from '../image/index.ts';
import { type NetbootEvent, ProxyDhcp, TftpServer } from '../netboot/index.ts';
import { FolderStore, loadSigningKey } from '../store/index.ts';
import { listen } from './listen.ts';
import { LogFile } from './log-file.ts';
import type { NetworkCard } from './network-card.ts';
import type { ServerOptions } from './options.ts';
import { dropRoot, prepareUser } from './privileges.ts';
import { prepareShare } from './share-folder.ts';
import { wireServices } from './wiring.ts';

/** Boot programs given by TFTP. */
const TFTP_FILES = ['undionly.kpxe', 'snponly.efi'] as const;

export interface RunningFacts extends ServerFacts {
  /** For `mimeo login`; printed on the console and nowhere else. */
  readonly claimCode: string;
  readonly images: number;
  readonly manifestRows: number;
  readonly manifestProblems: number;
}

/** The whole server: everything is started in order, and stopped in the opposite one. */
export class MimeoServer {
  readonly #options: ServerOptions;
  readonly #card: NetworkCard;
  readonly #dhcpServers: () => readonly string[];
  readonly #onEvent: (event: EventRow) => void;
  readonly #onFault: (error: unknown) => void;
  readonly #stops: (() => Promise<unknown>)[] = [];
  #noteNetboot: (event: NetbootEvent) => void = () => undefined;

  constructor(ports: {
    options: ServerOptions;
    card: NetworkCard;
    dhcpServers: () => readonly string[];
    /** Told of every event, for the console. */
    onEvent: (event: EventRow) => void;
    /** Told of faults that nobody waits for: a full disk under the clock's own changes. */
    onFault: (error: unknown) => void;
  }) {
    this.#options = ports.options;
    this.#card = ports.card;
    this.#dhcpServers = ports.dhcpServers;
    this.#onEvent = ports.onEvent;
    this.#onFault = ports.onFault;
  }

  /** @throws MimeoError in words for the console; whatever had been started is stopped again */
  async start(signal: AbortSignal): Promise<RunningFacts> {
    try {
      return await this.#start(signal);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  async #start(signal: AbortSignal): Promise<RunningFacts> {
    const { data, httpPort } = this.#options;
    const httpBase = `http://${this.#card.address}:${httpPort}`;
    const bootFolder = this.#options.bootEnvironment ?? join(data, 'boot-environment');
    const extraAliases = await readBootEnvironment(bootFolder);
    // Read while we are root: the checkout may lie in a home that nobody else can enter.
    const version = await ownVersion();
    await warmUp();
    const account = await prepareUser(data);
    await this.#openNetboot(httpBase, bootFolder, signal);
    dropRoot(account);

    // The second holds what profiles name and nobody else may read: a technician puts passwords into it.
    for (const name of ['keys', 'secrets']) await mkdir(join(data, name), { recursive: true, mode: 0o700 });
    await prepareShare(join(data, 'share'));
    const signingKey = await loadSigningKey(join(data, 'keys', 'index-signing.pem'));
    const store = new FolderStore({
      folder: join(data, 'store'),
      signingKey,
      copies: this.#options.storeCopies,
    });
    await store.start();
    this.#stops.push(() => store.stop());
    const db = openDatabase(join(data, 'mimeo.db'));
    this.#stops.push(() => db.destroy());

    const indexKey = publicKeyOf(signingKey);
    const { kernelWords } = this.#options;
    const onFault = this.#onFault;
    const wiring = {
      data,
      db,
      store,
      clock: systemClock,
      httpBase,
      indexKey,
      extraAliases,
      kernelWords,
      onFault,
    };
    const services = wireServices(wiring);
    await this.#startServices(services);
    const facts: ServerFacts = {
      version,
      startedAt: systemClock.now(),
      interface: this.#card.name,
      address: this.#card.address,
      dhcpServers: this.#dhcpServers,
      indexKeys: [indexKey],
      httpBase,
      bootFolder,
    };
    await this.#openHttp(services, facts);
    const manifest = services.manifest.state();
    return {
      ...facts,
      claimCode: services.access.newClaimCode(),
      images: new Set((await store.list()).map((image) => image.name)).size,
      manifestRows: manifest.rows,
      manifestProblems: manifest.problems.length,
    };
  }

  /** The sockets below 1024, while we may still open them. Packets before the services are up are answered all the same. */
  async #openNetboot(httpBase: string, bootFolder: string, signal: AbortSignal): Promise<void> {
    const onEvent = (event: NetbootEvent): void => this.#noteNetboot(event);
    const { address, netmask } = this.#card;
    const dhcp = new ProxyDhcp({
      interfaces: [{ address, netmask, httpBase }],
      programs: { bios: 'undionly.kpxe', uefiX64: 'snponly.efi' },
      clock: systemClock,
      onEvent,
    });
    await dhcp.start(signal);
    this.#stops.push(() => dhcp.stop());
    const files = new Map(TFTP_FILES.map((name) => [name as string, join(bootFolder, name)]));
    const tftp = new TftpServer({ addresses: [address], files, clock: systemClock, onEvent });
    await tftp.start(signal);
    this.#stops.push(() => tftp.stop());
  }

  async #startServices(services: Services): Promise<void> {
    const { board, hub, images, manifest, storeJobs, storeSchedule, swarm, timeline, uploads } = services;
    hub.subscribe(this.#onEvent);
    // What images there are, and under which names and labels, decides what the manifest's lines mean.
    hub.subscribe((event) => {
      if (event.topic === 'image') void manifest.check({ force: true });
    });
    this.#noteNetboot = timeline.note;
    await board.start();
    this.#stops.push(() => board.stop());
    for (const task of board.open()) await holdOrGiveUp(task, { board, images });
    swarm.start();
    this.#stops.push(async () => swarm.stop());
    await manifest.start();
    this.#stops.push(() => manifest.stop());
    await uploads.start();
    this.#stops.push(() => uploads.stop());
    this.#stops.push(() => storeJobs.stop());
    await storeSchedule.start();
    this.#stops.push(() => storeSchedule.stop());
    this.#stops.push(() =>
      hub.publish('server', { kind: 'stopped', level: 'info', words: 'The server stopped.' }),
    );
    await hub.publish('server', { kind: 'started', level: 'info', words: 'The server started.' });
  }

  async #openHttp(services: Services, facts: ServerFacts): Promise<void> {
    const logFile = new LogFile(join(this.#options.data, 'server.log'));
    this.#stops.push(async () => logFile.close());
    const log = pino({ level: 'info' }, logFile);
    const app: FastifyInstance = createApp(services, facts, log);
    const socket = join(this.#options.data, 'mimeo.sock');
    const local: Server = await listen(app, { address: facts.address, port: this.#options.httpPort, socket });
    this.#stops.push(async () => {
      local.close();
      local.closeAllConnections();
      await app.close();
    });
  }
}

/** An open task whose image cannot be read any more fails in words; the server starts all the same. */
async function holdOrGiveUp(
  task: TaskRow,
  { board, images }: Pick<Services, 'board' | 'images'>,
): Promise<void> {
  try {
    await images.hold(task);
  } catch (error) {
    const failure = toMimeoError(error).toJSON();
    await board.apply(task.id, { type: 'give-up', at: systemClock.now(), failure });
  }
}

/** @throws MimeoError `boot-environment-missing` when hosts would find nothing to boot */
async function readBootEnvironment(folder: string): Promise<AliasTable> {
  const found = await describeBootEnvironment(folder);
  if (found.state === 'complete') {
    return JSON.parse(await readFile(join(folder, 'extra-aliases.json'), 'utf8')) as AliasTable;
  }
  const why = found.state === 'missing' ? 'is not there' : `is broken: ${found.reason}`;
  throw new MimeoError('boot-environment-missing', `The boot environment in ${folder} ${why}.`);
}

async function ownVersion(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
