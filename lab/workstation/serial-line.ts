import { createWriteStream, type WriteStream } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { Transcript } from '../transcript.ts';

/**
 * The cable at a workstation's serial port. We listen before the machine is switched on, so its first
 * words are not lost; it connects anew at each power-on.
 */
export class SerialLine {
  readonly said: Transcript;
  readonly #server: Server;
  readonly #log: WriteStream;
  #socket: Socket | null = null;
  /** Typed while the machine was off: it comes through when it is on. */
  #unsent = '';

  private constructor(said: Transcript, server: Server, log: WriteStream) {
    this.said = said;
    this.#server = server;
    this.#log = log;
    server.on('connection', (socket) => this.#plugIn(socket));
  }

  /** @param logFile keeps every byte as it came, control sequences too */
  static async listen(name: string, socketPath: string, logFile: string): Promise<SerialLine> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
    return new SerialLine(new Transcript(`serial line of ${name}`), server, createWriteStream(logFile));
  }

  /** Sends keystrokes. Enter is `\r`, as a terminal sends it. */
  type(text: string): void {
    if (this.#socket === null) this.#unsent += text;
    else this.#socket.write(text);
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
    this.#log.end();
  }

  #plugIn(socket: Socket): void {
    this.#socket = socket;
    this.said.resume();
    socket.on('data', (bytes: Buffer) => {
      this.#log.write(bytes);
      this.said.append(bytes);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
    });
    if (this.#unsent !== '') socket.write(this.#unsent);
    this.#unsent = '';
  }
}
