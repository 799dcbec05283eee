import type { Clock } from '../clock.ts';
import type { TaskRepository, TaskRow } from '../db/index.ts';
import { FREE_NETWORK, type NetworkUse } from '../deployment/index.ts';
import { Pace } from '../swarm/index.ts';

/** Orders and hosts that are remembered; one that is forgotten begins anew, which lets through some milliseconds more. */
const REMEMBERED = 2000;

/** Waits until so many bytes may be sent. */
export type Turn = (bytes: number, signal: AbortSignal) => Promise<void>;

/** What an order lets the server send: to all its hosts together, and to each of them. */
export class SendLimits {
  readonly #tasks: Pick<TaskRepository, 'deployment'>;
  readonly #clock: Clock;
  readonly #uses = new Map<string, Promise<NetworkUse>>();
  readonly #paces = new Map<string, Pace>();

  constructor({ tasks, clock }: { tasks: Pick<TaskRepository, 'deployment'>; clock: Clock }) {
    this.#tasks = tasks;
    this.#clock = clock;
  }

  /** How chunks go to the host of a task; null when nothing holds them back. */
  async turnFor(task: Pick<TaskRow, 'deployment_id' | 'host_id'>): Promise<Turn | null> {
    const { limit, hostLimit } = await this.#useOf(task.deployment_id);
    if (limit === null && hostLimit === null) return null;
    const order = this.#pace(`order ${task.deployment_id}`, limit);
    const host = this.#pace(`host ${task.host_id}`, hostLimit);
    return async (bytes, signal) => {
      await host.turn(bytes, signal);
      await order.turn(bytes, signal);
    };
  }

  /** How an order may use the network. */
  #useOf(deploymentId: string): Promise<NetworkUse> {
    const found = this.#uses.get(deploymentId);
    if (found !== undefined) return found;
    const reading = this.#tasks.deployment(deploymentId).then((row) => row?.network ?? FREE_NETWORK);
    reading.catch(() => this.#uses.delete(deploymentId));
    remember(this.#uses, deploymentId, reading);
    return reading;
  }

  #pace(key: string, rate: number | null): Pace {
    const found = this.#paces.get(key) ?? new Pace(rate, this.#clock);
    found.setRate(rate);
    remember(this.#paces, key, found);
    return found;
  }
}

/** What was used last is forgotten last. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}
