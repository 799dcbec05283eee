import type { RemoteInfo, Socket } from 'node:dgram';
import type { Clock } from '../../clock.ts';
import type { NetbootEventKind, NetbootListener } from '../event.ts';
import { neighbourMac } from '../neighbours.ts';
import { bindSocket, closeSocket } from '../socket.ts';
import { BootFileCache, type BootFiles, findBootFile } from './boot-files.ts';
import { negotiate } from './negotiate.ts';
import { decodeTftp, encodeTftp, TFTP_ERROR, type TftpPacket } from './packet.ts';
import { printable, type SessionEnd, TftpSession } from './session.ts';

export interface TftpServerOptions {
  /** Our addresses that hosts boot from. */
  readonly addresses: readonly string[];
  /** Default 69. */
  readonly port?: number;
  /** What it gives; nothing else can be had. */
  readonly files: BootFiles;
  readonly clock: Clock;
  readonly onEvent: NetbootListener;
  /** Transfers at the same time, in all (default 512) and per client address (default 4). */
  readonly limits?: { readonly sessions: number; readonly perClient: number };
  /** How long to wait for an acknowledgment before repeating; default 1000. */
  readonly timeoutMs?: number;
  /** Finds the MAC behind an address; default: the kernel's neighbour table. */
  readonly macOf?: (address: string) => string | null;
}

/** Files that boot programs look for and do without. */
const OPTIONAL: ReadonlySet<string> = new Set(['autoexec.ipxe']);

type Request = Extract<TftpPacket, { op: 'rrq' | 'wrq' }>;

/** A read-only TFTP server for boot programs; everything larger goes over HTTP. */
export class TftpServer {
  readonly #options: TftpServerOptions;
  readonly #limits: { sessions: number; perClient: number };
  readonly #sockets: Socket[] = [];
  readonly #cache = new BootFileCache();
  /** By client address and port. Null while its file is being read. */
  readonly #sessions = new Map<string, TftpSession | null>();
  readonly #counts = { received: 0, malformed: 0, started: 0, done: 0, failed: 0, refused: 0 };

  constructor(options: TftpServerOptions) {
    this.#options = options;
    this.#limits = options.limits ?? { sessions: 512, perClient: 4 };
  }

  /** Since the start: datagrams to the port, those that were no TFTP, and what became of requests. */
  get counts(): Readonly<
    Record<'received' | 'malformed' | 'started' | 'done' | 'failed' | 'refused', number>
  > {
    return { ...this.#counts };
  }

  /** Transfers that run now. */
  get running(): number {
    return this.#sessions.size;
  }

  /**
   * Opens the port. An abort of the signal stops it.
   *
   * @throws MimeoError when the port cannot be opened; then none stays open.
   */
  async start(signal: AbortSignal): Promise<void> {
    try {
      for (const address of this.#options.addresses) {
        const socket: Socket = await bindSocket({
          address,
          port: this.#options.port ?? 69,
          service: 'TFTP',
          onMessage: (bytes, from) => this.#receive(socket, address, bytes, from),
        });
        this.#sockets.push(socket);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    signal.addEventListener('abort', () => void this.stop(), { once: true });
    if (signal.aborted) await this.stop();
  }

  /** Closes the port and breaks off what runs; a second call does nothing. */
  async stop(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all([
      ...this.#sockets.splice(0).map(closeSocket),
      ...sessions.map((session) => session?.stop()),
    ]);
  }

  #receive(socket: Socket, address: string, bytes: Buffer, from: RemoteInfo): void {
    this.#counts.received += 1;
    const packet = decodeTftp(bytes);
    // Only requests belong on this port. Answering anything else could set two servers on each other.
    if (packet === null || (packet.op !== 'rrq' && packet.op !== 'wrq')) {
      this.#counts.malformed += 1;
      return;
    }
    const key = `${from.address}:${from.port}`;
    if (this.#sessions.has(key)) return; // the client repeats itself; its transfer repeats the answer
    const refusal = this.#refusal(packet, from.address);
    const path = findBootFile(this.#options.files, packet.file);
    if (refusal !== null || path === null) {
      this.#refuse(
        socket,
        from,
        packet.file,
        refusal ?? { code: TFTP_ERROR.notFound, message: 'No such file' },
      );
      return;
    }
    this.#sessions.set(key, null);
    void this.#serve({ key, address, path, request: packet, from }).catch((error: unknown) => {
      this.#sessions.delete(key);
      const words = error instanceof Error ? error.message : String(error);
      this.#counts.failed += 1;
      this.#report(
        'tftp-failed',
        from.address,
        packet.file,
        `could not be sent ${printable(packet.file)}: ${words}`,
      );
      reply(socket, from, TFTP_ERROR.undefined, 'The file cannot be read on the server');
    });
  }

  #refusal(request: Request, client: string): { code: number; message: string } | null {
    if (request.op === 'wrq') return { code: TFTP_ERROR.forbidden, message: 'This server takes no files' };
    if (request.mode !== 'octet') {
      return { code: TFTP_ERROR.undefined, message: 'Files are sent in binary (octet) mode only' };
    }
    const own = [...this.#sessions.keys()].filter((key) => key.startsWith(`${client}:`)).length;
    if (this.#sessions.size < this.#limits.sessions && own < this.#limits.perClient) return null;
    return { code: TFTP_ERROR.undefined, message: 'Too many transfers at once; try again' };
  }

  async #serve(job: {
    key: string;
    address: string;
    path: string;
    request: Request;
    from: RemoteInfo;
  }): Promise<void> {
    const { key, address, path, request, from } = job;
    const content = await this.#cache.read(path);
    if (!this.#sessions.has(key)) return; // stopped meanwhile
    const terms = negotiate(request.options, content.length, this.#options.timeoutMs);
    const began = this.#options.clock.monotonic();
    const session = new TftpSession({
      address,
      content,
      terms,
      client: { address: from.address, port: from.port },
      onEnd: (end) => {
        this.#sessions.delete(key);
        this.#ended(end, from.address, request.file, this.#options.clock.monotonic() - began);
      },
    });
    this.#sessions.set(key, session);
    this.#counts.started += 1;
    this.#report('tftp-started', from.address, request.file, `asks for ${printable(request.file)} over TFTP`);
    await session.start();
    if (!this.#sessions.has(key)) await session.stop(); // stopped while its port was being opened
  }

  #ended(end: SessionEnd, client: string, file: string, ms: number): void {
    const name = printable(file);
    if (end.kind === 'sized') {
      this.#report('tftp-sized', client, file, `asked for the size of ${name}`);
    } else if (end.kind === 'done') {
      this.#counts.done += 1;
      const repeats = end.repeats === 0 ? '' : `, ${end.repeats} repeats`;
      const words = `loaded ${name}: ${end.bytes} bytes in ${(ms / 1000).toFixed(1)} s${repeats}`;
      this.#report('tftp-done', client, file, words);
    } else {
      this.#counts.failed += 1;
      this.#report('tftp-failed', client, file, `did not load ${name}: it ${end.words}`);
    }
  }

  #refuse(socket: Socket, from: RemoteInfo, file: string, why: { code: number; message: string }): void {
    this.#counts.refused += 1;
    const words = OPTIONAL.has(file)
      ? `looked for ${file}, as iPXE does; there is none, and none is needed`
      : `asked for ${printable(file)} over TFTP: ${why.message}`;
    this.#report('tftp-refused', from.address, file, words);
    reply(socket, from, why.code, why.message);
  }

  #report(kind: NetbootEventKind, address: string, file: string, words: string): void {
    const mac = (this.#options.macOf ?? neighbourMac)(address);
    const at = this.#options.clock.now();
    this.#options.onEvent({
      at,
      kind,
      mac,
      uuid: null,
      arch: null,
      address,
      file: printable(file),
      words,
    });
  }
}

function reply(socket: Socket, to: RemoteInfo, code: number, message: string): void {
  try {
    socket.send(encodeTftp({ op: 'error', code, message }), to.port, to.address, () => undefined);
  } catch {
    // The server was stopped between the request and this answer: nobody is left to send it.
  }
}
