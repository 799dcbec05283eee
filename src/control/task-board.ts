import { EventEmitter, once } from 'node:events';
import type { Clock } from '../clock.ts';
import type { TaskRepository, TaskRow } from '../db/index.ts';
import { ENDED, reduce, type TaskEvent, type TaskState } from '../deployment/index.ts';
import { MimeoError } from '../errors.ts';
import type { EventHub } from './event-hub.ts';
import { tellOfEnd, tellOfTask } from './task-news.ts';
import { Turns } from './turns.ts';

/** How often silence is looked for. */
const TICK_MS = 2000;
/**
 * Progress alone, a new phase included, is written to the database this often, of all tasks at once: each transaction
 * waits for the disk, and with it every host that asks something. A power cut loses no more than that.
 */
const SAVE_PROGRESS_MS = 10_000;

/** Carries out those effects of the state machine that are not the board's own. */
export interface EffectHandlers {
  abandonCapture(task: TaskRow): Promise<void>;
  release(task: TaskRow): Promise<void>;
}

/**
 * Every open task, in memory and in the database. All changes of a task go through its turns, one after the other, so
 * that the reducer always sees the newest state; tasks that are changed at the same time wait for the disk together.
 */
export class TaskBoard {
  readonly #tasks: TaskRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #effects: EffectHandlers;
  readonly #onFault: (error: unknown) => void;
  readonly #open = new Map<string, TaskRow>();
  /** The task that a host was last given; it may have ended. */
  readonly #ofHosts = new Map<string, string>();
  readonly #opensUntil = new Map<string, number | null>();
  /** Tasks whose newest progress is not in the database. */
  readonly #unsaved = new Set<string>();
  #savedAt = 0;
  readonly #changes = new EventEmitter<Record<string, []>>();
  readonly #turns = new Turns();
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: {
    tasks: TaskRepository;
    hub: EventHub;
    clock: Clock;
    effects: EffectHandlers;
    /** Told of faults that nobody waits for: a full disk under the clock's own changes. */
    onFault: (error: unknown) => void;
  }) {
    this.#tasks = ports.tasks;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#effects = ports.effects;
    this.#onFault = ports.onFault;
    this.#changes.setMaxListeners(0);
  }

  /** Takes up the tasks that were open when the server stopped. */
  async start(): Promise<void> {
    for (const task of await this.#tasks.open()) this.#keep(task);
    this.#timer = setInterval(() => void this.tick().catch(this.#onFault), TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#turns.over();
    await this.#tasks.saveStates(this.open());
  }

  /** Every task that has not ended. */
  open(): readonly TaskRow[] {
    return [...this.#open.values()];
  }

  /** The open task of a host; a host has at most one. */
  ofHost(hostId: string): TaskRow | null {
    const task = this.#open.get(this.#ofHosts.get(hostId) ?? '');
    return task?.host_id === hostId ? task : null;
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
  add(tasks: readonly TaskRow[]): void {
    for (const task of tasks) {
      this.#keep(task);
      this.#changes.emit(task.host_id);
    }
  }

  /**
   * Moves a task. Resolves with its new state after that is written; then everybody is told, and a fault in
   * the telling changes nothing any more.
   */
  apply(id: string, event: TaskEvent): Promise<TaskState> {
    return this.#turns.of(id, async () => {
      // A window that has closed in the meantime has closed, also when the clock was not looked at since.
      if (event.type === 'boot-sent' || event.type === 'taken')
        await this.#apply(id, await this.#tickAt(id, event.at));
      return this.#apply(id, event);
    });
  }

  /** A capture's image was committed as this version. */
  setVersion(id: string, version: number): Promise<void> {
    return this.#turns.of(id, async () => {
      await this.#tasks.setVersion(id, version);
      this.#change(id, { version });
    });
  }

  /** Resolves at the next change of one of this host's tasks, or when the signal ends the wait. */
  async changed(hostId: string, signal: AbortSignal): Promise<void> {
    await once(this.#changes, hostId, { signal }).catch(() => undefined);
  }

  /** Keeps a deployment open until at least this time. */
  async extend(deploymentId: string, opensUntil: number): Promise<void> {
    await this.#tasks.extend(deploymentId, opensUntil);
    this.#opensUntil.delete(deploymentId);
  }

  /** Two records turned out to be one host: its open tasks follow. The database knows already. */
  moveHost(from: string, into: string): void {
    const ids = [...this.#open.keys()];
    this.#turns
      .ofAll(ids, async () => {
        for (const task of this.open()) if (task.host_id === from) this.#change(task.id, { host_id: into });
        this.#changes.emit(into);
      })
      .catch(this.#onFault);
  }

  /** The host got another name before it took its order. */
  rename(id: string, name: string): Promise<void> {
    return this.#turns.of(id, async () => {
      await this.#tasks.rename(id, name);
      this.#change(id, { host_name: name });
    });
  }

  #change(id: string, values: Partial<TaskRow>): void {
    const task = this.#open.get(id);
    if (task) this.#keep({ ...task, ...values });
  }

  #keep(task: TaskRow): void {
    this.#open.set(task.id, task);
    this.#ofHosts.set(task.host_id, task.id);
  }

  /** Lets the clock move every open task; called by the board's own timer. */
  async tick(): Promise<void> {
    const at = this.#clock.now();
    const moves: { readonly id: string; readonly event: TaskEvent }[] = [];
    for (const task of [...this.#open.values()]) {
      const event = await this.#tickAt(task.id, at);
      // Most ticks change nothing: the reducer is asked first, without its turn and the database.
      if (reduce(task.state, event).state !== task.state) moves.push({ id: task.id, event });
    }
    await Promise.all(moves.map(({ id, event }) => this.apply(id, event)));
    if (at - this.#savedAt < SAVE_PROGRESS_MS) return;
    this.#savedAt = at;
    await this.#saveProgress();
  }

  async #saveProgress(): Promise<void> {
    const ids = [...this.#unsaved];
    await this.#turns.ofAll(ids, async () => {
      // Some have been written in the meantime.
      const tasks = ids.flatMap((id) => (this.#unsaved.has(id) ? (this.#open.get(id) ?? []) : []));
      await this.#tasks.saveStates(tasks);
      for (const id of ids) this.#unsaved.delete(id);
    });
  }

  async #tickAt(id: string, at: number): Promise<TaskEvent> {
    const { deployment_id: deploymentId } = await this.get(id);
    if (!this.#opensUntil.has(deploymentId)) {
      const deployment = await this.#tasks.deployment(deploymentId);
      this.#opensUntil.set(deploymentId, deployment?.opens_until ?? null);
    }
    return { type: 'tick', at, opensUntil: this.#opensUntil.get(deploymentId) ?? null };
  }

  async #apply(id: string, event: TaskEvent): Promise<TaskState> {
    const task = await this.get(id);
    const before = task.state;
    const { state, effects } = reduce(before, event);
    if (state === before) return state;
    const moved: TaskRow = { ...task, state };
    // First of all: on a full disk nothing can be written down before this has given space back.
    if (effects.some(({ type }) => type === 'abandon-capture')) await this.#effects.abandonCapture(moved);
    // The database before the memory: what cannot be written has not happened, and its reporter asks again.
    await this.#save(moved, before);
    if (ENDED.has(state.status)) this.#open.delete(id);
    else this.#keep(moved);
    // Asked at once: two that end at the same time must not both find that they were the last.
    const isLast = ENDED.has(state.status) && !this.isOpen(task.deployment_id);
    if (effects.some(({ type }) => type === 'release')) await this.#effects.release(moved);
    this.#changes.emit(task.host_id);
    await tellOfTask(this.#hub, moved, before, effects).catch(this.#onFault);
    if (isLast) await this.#tellOfEnd(task.deployment_id).catch(this.#onFault);
    return state;
  }

  async #save(task: TaskRow, before: TaskState): Promise<void> {
    const at = this.#clock.now();
    const onlyProgress =
      before.status === task.state.status &&
      before.attempts === task.state.attempts &&
      before.boots === task.state.boots;
    if (onlyProgress) {
      this.#unsaved.add(task.id);
      return;
    }
    if (task.state.status === 'done') {
      // A master that was captured and is in no manifest starts its own disk next, and is not asked again at once.
      const host =
        task.state.kind === 'capture'
          ? { declined_at: at }
          : { last_image: task.image, last_version: task.version, last_imaged_at: at };
      await this.#tasks.saveDone(task, host);
    } else {
      await this.#tasks.saveState(task.id, task.state);
    }
    this.#unsaved.delete(task.id);
  }

  async #tellOfEnd(deploymentId: string): Promise<void> {
    await tellOfEnd(this.#hub, await this.ofDeployment(deploymentId));
  }
}
