import { EventEmitter, once } from 'node:events';
import type { Clock } from '../clock.ts';
import type { HostRepository, TaskRepository, TaskRow } from '../db/index.ts';
import {
  ENDED,
  reduce,
  summarise,
  type TaskEffect,
  type TaskEvent,
  type TaskState,
} from '../deployment/index.ts';
import { MimeoError } from '../errors.ts';
import type { EventHub } from './event-hub.ts';

/** How often silence is looked for. */
const TICK_MS = 2000;
/** Progress alone is written to the database this often at most; a restart loses no more than that. */
const SAVE_PROGRESS_MS = 10_000;

/** Carries out those effects of the state machine that are not the board's own. */
export interface EffectHandlers {
  abandonCapture(task: TaskRow): Promise<void>;
  release(task: TaskRow): Promise<void>;
}

/**
 * Every open task, in memory and in the database. All changes go through `apply`, one after the other, so
 * that the reducer always sees the newest state.
 */
export class TaskBoard {
  readonly #tasks: TaskRepository;
  readonly #hosts: HostRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #effects: EffectHandlers;
  readonly #open = new Map<string, TaskRow>();
  readonly #opensUntil = new Map<string, number | null>();
  readonly #savedAt = new Map<string, number>();
  readonly #changes = new EventEmitter<Record<string, []>>();
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: {
    tasks: TaskRepository;
    hosts: HostRepository;
    hub: EventHub;
    clock: Clock;
    effects: EffectHandlers;
  }) {
    this.#tasks = ports.tasks;
    this.#hosts = ports.hosts;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#effects = ports.effects;
    this.#changes.setMaxListeners(0);
  }

  /** Takes up the tasks that were open when the server stopped. */
  async start(): Promise<void> {
    for (const task of await this.#tasks.open()) await this.#remember(task);
    this.#timer = setInterval(() => void this.tick(), TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#queue;
    for (const task of this.#open.values()) await this.#tasks.saveState(task.id, task.state);
  }

  /** Every task that has not ended. */
  open(): readonly TaskRow[] {
    return [...this.#open.values()];
  }

  /** The open task of a host; a host has at most one. */
  ofHost(hostId: string): TaskRow | null {
    for (const task of this.#open.values()) if (task.host_id === hostId) return task;
    return null;
  }

  /** A task with its newest state, open or ended. */
  async get(id: string): Promise<TaskRow> {
    const task = this.#open.get(id) ?? (await this.#tasks.get(id));
    if (task === null) throw new MimeoError('task-missing', `There is no task ${id}.`);
    return task;
  }

  async ofDeployment(id: string): Promise<TaskRow[]> {
    return (await this.#tasks.ofDeployment(id)).map((task) => this.#open.get(task.id) ?? task);
  }

  /** Whether a deployment has tasks that have not ended. */
  isOpen(deploymentId: string): boolean {
    for (const task of this.#open.values()) if (task.deployment_id === deploymentId) return true;
    return false;
  }

  /** Takes up tasks that were just written to the database. */
  async add(tasks: readonly TaskRow[]): Promise<void> {
    for (const task of tasks) {
      await this.#remember(task);
      this.#changes.emit(task.host_id);
    }
  }

  /** Moves a task. Resolves with its new state after that is written and its effects are carried out. */
  apply(id: string, event: TaskEvent): Promise<TaskState> {
    const applied = this.#queue.then(() => this.#apply(id, event));
    this.#queue = applied.catch(() => undefined);
    return applied;
  }

  /** A capture's image was committed as this version. */
  async setVersion(id: string, version: number): Promise<void> {
    await this.#tasks.setVersion(id, version);
    const task = this.#open.get(id);
    if (task) this.#open.set(id, { ...task, version });
  }

  /** Resolves at the next change of one of this host's tasks, or when the signal ends the wait. */
  async changed(hostId: string, signal: AbortSignal): Promise<void> {
    await once(this.#changes, hostId, { signal }).catch(() => undefined);
  }

  /** Lets the clock move every open task; called by the board's own timer. */
  async tick(): Promise<void> {
    const at = this.#clock.now();
    for (const task of [...this.#open.values()]) {
      const opensUntil = this.#opensUntil.get(task.deployment_id) ?? null;
      // Most ticks change nothing: the reducer is asked first, without the queue and the database.
      if (reduce(task.state, { type: 'tick', at, opensUntil }).state !== task.state) {
        await this.apply(task.id, { type: 'tick', at, opensUntil });
      }
    }
  }

  async #remember(task: TaskRow): Promise<void> {
    this.#open.set(task.id, task);
    if (!this.#opensUntil.has(task.deployment_id)) {
      const deployment = await this.#tasks.deployment(task.deployment_id);
      this.#opensUntil.set(task.deployment_id, deployment?.opens_until ?? null);
    }
  }

  async #apply(id: string, event: TaskEvent): Promise<TaskState> {
    const task = await this.get(id);
    const before = task.state;
    const { state, effects } = reduce(before, event);
    if (state === before) return state;
    const moved: TaskRow = { ...task, state };
    // First of all: on a full disk nothing can be written down before this has given space back.
    if (effects.some((effect) => effect.type === 'abandon-capture'))
      await this.#effects.abandonCapture(moved);
    if (ENDED.has(state.status)) this.#open.delete(id);
    else await this.#remember(moved);
    await this.#save(moved, before);
    await this.#tell(moved, before, effects);
    this.#changes.emit(task.host_id);
    return state;
  }

  async #save(task: TaskRow, before: TaskState): Promise<void> {
    const at = this.#clock.now();
    const onlyProgress =
      before.status === task.state.status && before.progress?.phase === task.state.progress?.phase;
    if (onlyProgress && at - (this.#savedAt.get(task.id) ?? 0) < SAVE_PROGRESS_MS) return;
    await this.#tasks.saveState(task.id, task.state);
    this.#savedAt.set(task.id, at);
    if (!ENDED.has(task.state.status)) return;
    this.#savedAt.delete(task.id);
    if (task.state.status !== 'done') return;
    // A master that was captured and is in no manifest starts its own disk next, and is not asked again at once.
    const values =
      task.state.kind === 'capture'
        ? { declined_at: at }
        : { last_image: task.image, last_version: task.version, last_imaged_at: at };
    await this.#hosts.update(task.host_id, values);
  }

  async #tell(task: TaskRow, before: TaskState, effects: readonly TaskEffect[]): Promise<void> {
    const about = { hostId: task.host_id, taskId: task.id };
    if (before.status !== task.state.status) {
      const level = task.state.status === 'failed' ? 'error' : 'info';
      const words = `${task.host_name}: ${task.state.status}`;
      await this.#hub.publish('task', { kind: 'changed', level, words, ...about });
    } else if (before.progress?.phase !== task.state.progress?.phase) {
      const words = `${task.host_name}: ${task.state.progress?.phase ?? ''}`;
      await this.#hub.publish('task', { kind: 'phase', level: 'info', words, ...about });
    }
    if (ENDED.has(task.state.status) && !this.isOpen(task.deployment_id)) await this.#tellFinished(task);
    for (const effect of effects) {
      if (effect.type === 'announce') {
        const words = `${task.host_name}: ${effect.words}`;
        await this.#hub.publish('task', { kind: 'announced', level: effect.level, words, ...about });
      } else if (effect.type === 'release') {
        await this.#effects.release(task);
      }
    }
  }

  async #tellFinished(last: TaskRow): Promise<void> {
    const tasks = await this.ofDeployment(last.deployment_id);
    const { words, failed } = summarise(tasks.map((task) => task.state));
    await this.#hub.publish('deployment', {
      kind: 'finished',
      level: failed > 0 ? 'warning' : 'info',
      words: `The ${last.state.kind === 'deploy' ? 'deployment' : 'capture'} ${last.deployment_id} has ended: ${words}.`,
    });
  }
}
