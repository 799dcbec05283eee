import type { RemoteInfo, Socket } from 'node:dgram';
import { bindSocket, closeSocket } from '../socket.ts';
import type { TransferTerms } from './negotiate.ts';
import { decodeTftp, encodeTftp, TFTP_ERROR } from './packet.ts';
import { startTransfer, stepTransfer, type Transfer, type TransferStep, wireBlock } from './transfer.ts';

/** How a transfer ended. `sized`: the client only wanted to know the length, as firmware does first. */
export type SessionEnd =
  | { readonly kind: 'done'; readonly bytes: number; readonly repeats: number }
  | { readonly kind: 'sized' }
  | { readonly kind: 'failed'; readonly words: string };

export interface SessionOptions {
  /** Our address that the client asked. */
  readonly address: string;
  readonly client: { readonly address: string; readonly port: number };
  readonly content: Buffer;
  readonly terms: TransferTerms;
  /** Called once, after the socket is closed. Not called when the session is stopped from outside. */
  readonly onEnd: (end: SessionEnd) => void;
}

/** One transfer to one client, on a port of its own as RFC 1350 wants it. */
export class TftpSession {
  readonly #options: SessionOptions;
  #socket: Socket | null = null;
  #timer: NodeJS.Timeout | undefined;
  #transfer: Transfer | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Opens the port and sends the first packets. */
  async start(): Promise<void> {
    this.#socket = await bindSocket({
      address: this.#options.address,
      port: 0,
      service: 'TFTP',
      onMessage: (bytes, from) => this.#receive(bytes, from),
    });
    this.#carryOut(startTransfer(this.#options.terms, this.#options.content.length));
  }

  /** Ends it without a word to the client; a second call does nothing. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) await closeSocket(socket);
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    const { client } = this.#options;
    if (from.address !== client.address || from.port !== client.port) {
      const message = 'This port serves another transfer';
      this.#send(encodeTftp({ op: 'error', code: TFTP_ERROR.unknownTransfer, message }), from);
      return;
    }
    const packet = decodeTftp(bytes);
    if (packet === null || this.#transfer === null) return;
    if (packet.op === 'ack')
      this.#carryOut(stepTransfer(this.#transfer, { kind: 'ack', block: packet.block }));
    if (packet.op === 'error') {
      // Before any data went over, an error is the client's way of asking for the size alone.
      const onlySize = packet.code === TFTP_ERROR.badOptions || this.#transfer.acknowledged === 0;
      const said = printable(packet.message);
      const words = `broke off at byte ${this.#acknowledgedBytes()}: ${said || `error ${packet.code}`}`;
      this.#end(onlySize ? { kind: 'sized' } : { kind: 'failed', words });
    }
  }

  #carryOut(step: TransferStep): void {
    this.#transfer = step.transfer;
    const { terms, client, content } = this.#options;
    for (const effect of step.effects) {
      switch (effect.kind) {
        case 'send-options':
          this.#send(encodeTftp({ op: 'oack', options: terms.accepted }), client);
          break;
        case 'send-blocks':
          for (let block = effect.from; block <= effect.to; block++) {
            const data = content.subarray((block - 1) * terms.blockSize, block * terms.blockSize);
            this.#send(encodeTftp({ op: 'data', block: wireBlock(block), data }), client);
          }
          break;
        case 'wait':
          clearTimeout(this.#timer);
          this.#timer = setTimeout(() => this.#timedOut(), effect.ms);
          break;
        case 'done':
          this.#end({ kind: 'done', bytes: content.length, repeats: step.transfer.repeats });
          break;
        case 'failed': {
          const total = content.length;
          this.#end({
            kind: 'failed',
            words: `stopped answering at byte ${this.#acknowledgedBytes()} of ${total}`,
          });
          break;
        }
      }
    }
  }

  #timedOut(): void {
    if (this.#transfer) this.#carryOut(stepTransfer(this.#transfer, { kind: 'timeout' }));
  }

  #send(bytes: Buffer, to: { readonly address: string; readonly port: number }): void {
    // What could not be sent is a lost packet; the timer sends it again.
    this.#socket?.send(bytes, to.port, to.address, () => undefined);
  }

  #end(end: SessionEnd): void {
    if (this.#socket === null) return;
    void this.stop().then(() => this.#options.onEnd(end));
  }

  #acknowledgedBytes(): number {
    const blocks = this.#transfer?.acknowledged ?? 0;
    return Math.min(this.#options.content.length, blocks * this.#options.terms.blockSize);
  }
}

/** What a client said, without anything that could disturb a log or a screen. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 120);
}
