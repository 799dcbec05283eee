import type { Clock } from '../clock.ts';
import type { DeploymentRow, TaskDisk, TaskRepository, TaskRow } from '../db/index.ts';
import { ENDED, FREE_NETWORK, type NetworkUse, newTask, type TaskKind } from '../deployment/index.ts';
import type { DiskRule } from '../disk/index.ts';
import { MimeoError } from '../errors.ts';
import { checkImageName } from '../image/index.ts';
import type { After } from '../protocol/index.ts';
import {
  DEFAULT_HOURS,
  type DeployPreviews,
  type DeployWish,
  networkUse,
  taskDisk,
} from './deploy-previews.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import type { ImageAccess } from './image-access.ts';
import { newId } from './random.ts';
import { countWords } from './size-words.ts';
import type { TaskBoard } from './task-board.ts';

const HOUR_MS = 3_600_000;

export interface CaptureWish {
  readonly host: string;
  readonly image: string;
  readonly notes: string;
  readonly after?: After | undefined;
  readonly forHours?: number | undefined;
  /** Which of the host's disks is meant. */
  readonly disk?: DiskRule | undefined;
  /** Every internal disk, the one that starts the machine first. */
  readonly allDisks?: boolean | undefined;
}

/** What technicians order: deployments and captures. Nothing else ever makes a host write a disk. */
export class Orders {
  readonly #tasks: TaskRepository;
  readonly #board: TaskBoard;
  readonly #directory: HostDirectory;
  readonly #images: ImageAccess;
  readonly #previews: DeployPreviews;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ports: {
    tasks: TaskRepository;
    board: TaskBoard;
    directory: HostDirectory;
    images: ImageAccess;
    previews: DeployPreviews;
    hub: EventHub;
    clock: Clock;
  }) {
    this.#tasks = ports.tasks;
    this.#board = ports.board;
    this.#directory = ports.directory;
    this.#images = ports.images;
    this.#previews = ports.previews;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  /**
   * Opens a deployment for exactly the machines of a preview.
   *
   * @throws MimeoError `preview-changed` when they are others by now
   */
  deploy(wish: DeployWish & { digest: string }, by: string): Promise<DeploymentRow> {
    return this.#oneAfterTheOther(() => this.#deploy(wish, by));
  }

  async #deploy(wish: DeployWish & { digest: string }, by: string): Promise<DeploymentRow> {
    const preview = await this.#previews.preview(wish);
    if (preview.digest !== wish.digest) {
      throw new MimeoError('preview-changed', 'The machines or their images have changed since the preview.');
    }
    const [first] = preview.machines;
    if (first === undefined) {
      const why = preview.refused[0];
      throw new MimeoError(
        'host-missing',
        why?.message ?? 'The order names no machine.',
        why ? { next: why.next } : {},
      );
    }
    return this.#open('deploy', preview.machines, {
      ...wish,
      by,
      notes: '',
      disk: taskDisk(wish),
      network: networkUse(wish),
    });
  }

  /** Orders one host to be captured. */
  capture(wish: CaptureWish, by: string): Promise<DeploymentRow> {
    return this.#oneAfterTheOther(async () => {
      checkImageName(wish.image);
      const host = await this.#directory.find(wish.host);
      this.#previews.demandIdle(host);
      const name = host.name ?? host.macs[0] ?? host.id;
      const machine = { hostId: host.id, name, image: wish.image, version: null };
      const disk = { ...taskDisk({ disk: wish.disk }), all: wish.allDisks ?? false };
      return this.#open('capture', [machine], { ...wish, by, disk });
    });
  }

  /** Stops one task; one that is not open is left as it ended. */
  async cancel(reference: string, by: string): Promise<TaskRow> {
    const task = await this.find(reference);
    if (ENDED.has(task.state.status)) {
      throw new MimeoError('task-not-open', `${task.host_name}: this task has ended: ${task.state.status}.`);
    }
    await this.#board.apply(task.id, { type: 'cancel', at: this.#clock.now(), by });
    return this.#board.get(task.id);
  }

  /** Opens a failed or cancelled task anew, for another eight hours at least. */
  retry(reference: string): Promise<TaskRow> {
    return this.#oneAfterTheOther(async () => {
      const task = await this.find(reference);
      if (task.state.status !== 'failed' && task.state.status !== 'cancelled') {
        throw new MimeoError(
          'task-not-open',
          `${task.host_name}: only a failed or cancelled task can be retried.`,
        );
      }
      this.#previews.demandIdle(await this.#directory.get(task.host_id));
      const at = this.#clock.now();
      await this.#board.extend(task.deployment_id, at + DEFAULT_HOURS * HOUR_MS);
      await this.#images.hold(task);
      await this.#board.apply(task.id, { type: 'retry', at });
      return this.#board.get(task.id);
    });
  }

  /** Two orders at the same time must not both find a host idle. */
  #oneAfterTheOther<T>(order: () => Promise<T>): Promise<T> {
    const ordered = this.#queue.then(order);
    this.#queue = ordered.catch(() => undefined);
    return ordered;
  }

  /** A task by its id, or the newest one of a host. */
  async find(reference: string): Promise<TaskRow> {
    if (reference.startsWith('t-')) return this.#board.get(reference);
    const host = await this.#directory.find(reference);
    const task = await this.#tasks.newestOf(host.id);
    if (task === null) throw new MimeoError('task-missing', `${reference} has never had a task.`);
    return this.#board.get(task.id);
  }

  async deployment(id: string): Promise<DeploymentRow> {
    const deployment = await this.#tasks.deployment(id);
    if (deployment === null) throw new MimeoError('deployment-missing', `There is no deployment ${id}.`);
    return deployment;
  }

  async deployments(limit: number): Promise<DeploymentRow[]> {
    return this.#tasks.deployments(limit);
  }

  async #open(
    kind: TaskKind,
    machines: readonly { hostId: string; name: string; image: string; version: number | null }[],
    order: {
      by: string;
      notes: string;
      disk: TaskDisk;
      after?: After | undefined;
      forHours?: number | undefined;
      network?: NetworkUse;
    },
  ): Promise<DeploymentRow> {
    const at = this.#clock.now();
    const deployment: DeploymentRow = {
      id: newId('d'),
      kind,
      ordered_by: order.by,
      created_at: at,
      opens_until: at + (order.forHours ?? DEFAULT_HOURS) * HOUR_MS,
      network: order.network ?? FREE_NETWORK,
    };
    const tasks = machines.map(
      (machine): TaskRow => ({
        id: newId('t'),
        deployment_id: deployment.id,
        host_id: machine.hostId,
        host_name: machine.name,
        image: machine.image,
        version: machine.version,
        notes: order.notes,
        after: order.after ?? 'reboot',
        disk: order.disk,
        state: newTask(kind, at),
      }),
    );
    try {
      // What cannot be held any more must not be written down: nobody would take up that task, nor order it anew.
      for (const task of tasks) await this.#images.hold(task);
      await this.#tasks.create(deployment, tasks);
    } catch (error) {
      for (const task of tasks) await this.#images.release(task);
      throw error;
    }
    this.#board.add(tasks);
    const what =
      kind === 'deploy'
        ? `Deployment of ${countWords(machines.length, 'machine')}`
        : 'Capture of one machine';
    await this.#hub.publish('deployment', {
      kind: 'ordered',
      level: 'info',
      words: `${what} ordered by ${order.by} (${deployment.id}).`,
    });
    return deployment;
  }
}
