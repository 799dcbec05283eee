import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A message of QEMU's machine protocol, as far as we read it. */
interface QmpMessage {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly QMP?: unknown;
}

/** Told of each event QEMU reports. */
export type QmpListener = (event: string, data: Readonly<Record<string, unknown>>) => void;

/** QEMU's machine protocol (QMP): JSON lines on a Unix socket. */
export class Qmp {
  readonly #socket: Socket;
  readonly #answers: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  readonly #onEvent: QmpListener;

  private constructor(socket: Socket, onEvent: QmpListener) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    const lines = createInterface({ input: socket });
    lines.on('line', (line) => this.#take(JSON.parse(line) as QmpMessage));
    // A machine that is killed resets its connections; the lines hand on the socket's error as their own.
    lines.on('error', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const { reject } of this.#answers.splice(0)) reject(new Error('QEMU closed its monitor'));
    });
  }

  /** Takes over a connection that QEMU made. `onEvent` gets SHUTDOWN, RESET and the like. */
  static async greet(socket: Socket, onEvent: QmpListener): Promise<Qmp> {
    const qmp = new Qmp(socket, onEvent);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** Carries out one command; rejects with QEMU's own words. */
  execute(command: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#answers.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(message: QmpMessage): void {
    if (message.QMP !== undefined) return; // the greeting
    if (message.event !== undefined) {
      this.#onEvent(message.event, message.data ?? {});
      return;
    }
    const waiting = this.#answers.shift();
    if (message.error) waiting?.reject(new Error(`QEMU: ${message.error.desc}`));
    else waiting?.resolve(message.return);
  }
}

/**
 * A socket for QEMU to connect to: we listen before it starts, so there is nothing to try again.
 * `connected` resolves with its connection.
 */
export async function listenForQemu(path: string): Promise<{ server: Server; connected: Promise<Socket> }> {
  const server = createServer();
  const connected = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return { server, connected };
}
