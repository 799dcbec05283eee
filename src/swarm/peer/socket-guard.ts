import type { Socket } from 'node:net';
import type { Clock } from '../../clock.ts';
import { plainAddress } from './address-bytes.ts';

const WINDOW_MS = 1000;

export interface GuardLimits {
  /** Of everybody. */
  readonly mostSockets: number;
  /** Of one address. */
  readonly mostSocketsEach: number;
  /** Refusals of one address within a second; from then on its connections are dropped unheard. */
  readonly mostRefusals: number;
}

/**
 * Keeps strangers from taking the connections that neighbours need: when all are taken, the oldest that never showed a
 * right ticket goes; an address that was refused often is not heard for the rest of the second.
 */
export class SocketGuard {
  readonly #limits: GuardLimits;
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #strangers = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();
  #refusals = new Map<string, number>();
  #windowEnds = Number.NEGATIVE_INFINITY;

  constructor(limits: GuardLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get sockets(): number {
    return this.#sockets.size;
  }

  /** A new connection; it may be destroyed at once. @returns whether it stays */
  admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? '');
    const open = this.#perAddress.get(address) ?? 0;
    if (open >= this.#limits.mostSocketsEach || this.#refusedOften(address) || !this.#makeRoom()) {
      socket.destroy();
      return false;
    }
    this.#sockets.add(socket);
    this.#strangers.add(socket);
    this.#perAddress.set(address, open + 1);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#strangers.delete(socket);
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(address);
      else this.#perAddress.set(address, left);
    });
    return true;
  }

  /** It showed a right ticket. */
  trust(socket: Socket): void {
    this.#strangers.delete(socket);
  }

  /** It showed none. */
  refuse(address: string): void {
    this.#turnWindow();
    this.#refusals.set(address, (this.#refusals.get(address) ?? 0) + 1);
  }

  #makeRoom(): boolean {
    if (this.#sockets.size < this.#limits.mostSockets) return true;
    for (const stranger of this.#strangers) {
      this.#strangers.delete(stranger);
      this.#sockets.delete(stranger);
      stranger.destroy();
      return true;
    }
    return false;
  }

  #refusedOften(address: string): boolean {
    this.#turnWindow();
    return (this.#refusals.get(address) ?? 0) >= this.#limits.mostRefusals;
  }

  #turnWindow(): void {
    const now = this.#clock.monotonic();
    if (now < this.#windowEnds) return;
    this.#windowEnds = now + WINDOW_MS;
    this.#refusals = new Map();
  }
}
