import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { DeploymentRow, HostRow, TaskRepository, TaskRow } from '../db/index.ts';
import { ENDED, newTask, type TaskKind } from '../deployment/index.ts';
import { MimeoError, toMimeoError } from '../errors.ts';
import { checkImageName, parseImageReference } from '../image/index.ts';
import type { After } from '../protocol/index.ts';
import type { ImageSummary, Store } from '../store/index.ts';
import { demandDisk, diskWords } from './disk-demand.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import { fieldsOf } from './host-fields.ts';
import type { ImageAccess } from './image-access.ts';
import { newId } from './random.ts';
import type { RegistryFiles } from './registry-files.ts';
import type { TaskBoard } from './task-board.ts';

const DEFAULT_HOURS = 8;
const HOUR_MS = 3_600_000;

export interface DeployWish {
  readonly targets: readonly string[];
  readonly image?: string | undefined;
  readonly forHours?: number | undefined;
  readonly after?: After | undefined;
}

export interface CaptureWish {
  readonly host: string;
  readonly image: string;
  readonly notes: string;
  readonly after?: After | undefined;
  readonly forHours?: number | undefined;
}

export interface PreviewedMachine {
  readonly hostId: string;
  readonly name: string;
  readonly lab: string | null;
  readonly mac: string;
  readonly image: string;
  readonly version: number;
  readonly disk: string | null;
}

export interface DeployPreview {
  readonly machines: readonly PreviewedMachine[];
  readonly refused: readonly { readonly target: string; readonly message: string; readonly next: string }[];
  readonly digest: string;
}

/** What technicians order: deployments and captures. Nothing else ever makes a host write a disk. */
export class Orders {
  readonly #tasks: TaskRepository;
  readonly #board: TaskBoard;
  readonly #directory: HostDirectory;
  readonly #images: ImageAccess;
  readonly #registry: RegistryFiles;
  readonly #store: Store;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ports: {
    tasks: TaskRepository;
    board: TaskBoard;
    directory: HostDirectory;
    images: ImageAccess;
    registry: RegistryFiles;
    store: Store;
    hub: EventHub;
    clock: Clock;
  }) {
    this.#tasks = ports.tasks;
    this.#board = ports.board;
    this.#directory = ports.directory;
    this.#images = ports.images;
    this.#registry = ports.registry;
    this.#store = ports.store;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  /** Which machines an order would write, and which it would not, each with the reason; changes nothing. */
  async preview(wish: DeployWish): Promise<DeployPreview> {
    const hosts = await this.#directory.all();
    const images = await this.#store.list();
    const machines = new Map<string, PreviewedMachine>();
    const refused: { target: string; message: string; next: string }[] = [];
    for (const target of wish.targets) {
      for (const host of await this.#resolve(target, hosts, refused)) {
        try {
          machines.set(host.id, await this.#machine(host, wish.image, images));
        } catch (error) {
          const { message, next } = toMimeoError(error);
          refused.push({ target: host.name ?? host.macs[0] ?? host.id, message, next });
        }
      }
    }
    const list = [...machines.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const digest = createHash('sha256')
      .update(JSON.stringify([list, wish.after ?? 'reboot', wish.forHours ?? DEFAULT_HOURS]))
      .digest('hex');
    return { machines: list, refused, digest };
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
    const preview = await this.preview(wish);
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
    return this.#open('deploy', preview.machines, { ...wish, by, notes: '' });
  }

  /** Orders one host to be captured. */
  capture(wish: CaptureWish, by: string): Promise<DeploymentRow> {
    return this.#oneAfterTheOther(async () => {
      checkImageName(wish.image);
      const host = await this.#directory.find(wish.host);
      this.#demandIdle(host);
      const name = host.name ?? host.macs[0] ?? host.id;
      const machine = { hostId: host.id, name, image: wish.image, version: null };
      return this.#open('capture', [machine], { ...wish, by });
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
      this.#demandIdle(await this.#directory.get(task.host_id));
      const at = this.#clock.now();
      await this.#board.extend(task.deployment_id, at + DEFAULT_HOURS * HOUR_MS);
      await this.#images.hold(task);
      await this.#board.apply(task.id, { type: 'retry', at });
      return this.#board.get(task.id);
    });
  }

  /**
   * Whether this host could be given this image, before anything is written down.
   *
   * @throws MimeoError with the reason why not
   */
  async demand(host: HostRow, name: string, image: string): Promise<void> {
    await this.#machine({ ...host, name }, image, await this.#store.list());
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

  async #resolve(
    target: string,
    hosts: readonly HostRow[],
    refused: { target: string; message: string; next: string }[],
  ): Promise<readonly HostRow[]> {
    if (target.toLowerCase() === 'all') return hosts.filter((host) => host.known === 1);
    const lab = hosts.filter((host) => host.known === 1 && host.lab?.toLowerCase() === target.toLowerCase());
    if (lab.length > 0) return lab;
    try {
      return [await this.#directory.find(target)];
    } catch (error) {
      const { message, next } = toMimeoError(error);
      refused.push({ target, message: message.replace('no host', 'no lab or host'), next });
      return [];
    }
  }

  async #machine(
    host: HostRow,
    wished: string | undefined,
    images: readonly ImageSummary[],
  ): Promise<PreviewedMachine> {
    if (host.name === null) throw new MimeoError('host-unnamed', 'This machine has no name.');
    if (host.conflict !== null) throw new MimeoError('host-ambiguous', host.conflict);
    this.#demandIdle(host);
    const reference = wished ?? host.image;
    if (reference === null) throw new MimeoError('image-unassigned', `No image is assigned to ${host.name}.`);
    const image = newest(reference, images);
    const { layout } = await this.#images.decoded(image.name, image.version);
    demandDisk(host, layout);
    await this.#registry.check(fieldsOf(host, { ...image, image: image.name, name: host.name }));
    return {
      hostId: host.id,
      name: host.name,
      lab: host.lab,
      mac: host.macs[0] ?? '',
      image: image.name,
      version: image.version,
      disk: diskWords(host),
    };
  }

  #demandIdle(host: HostRow): void {
    const open = this.#board.ofHost(host.id);
    if (open === null) return;
    throw new MimeoError(
      'host-busy',
      `${open.host_name} already has an open task (${open.id}: ${open.state.kind} ${open.image}, ${open.state.status}).`,
    );
  }

  async #open(
    kind: TaskKind,
    machines: readonly { hostId: string; name: string; image: string; version: number | null }[],
    order: { by: string; notes: string; after?: After | undefined; forHours?: number | undefined },
  ): Promise<DeploymentRow> {
    const at = this.#clock.now();
    const deployment: DeploymentRow = {
      id: newId('d'),
      kind,
      ordered_by: order.by,
      created_at: at,
      opens_until: at + (order.forHours ?? DEFAULT_HOURS) * HOUR_MS,
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
        state: newTask(kind, at),
      }),
    );
    await this.#tasks.create(deployment, tasks);
    for (const task of tasks) await this.#images.hold(task);
    this.#board.add(tasks);
    const what = kind === 'deploy' ? `Deployment of ${machines.length} machines` : 'Capture of one machine';
    await this.#hub.publish('deployment', {
      kind: 'ordered',
      level: 'info',
      words: `${what} ordered by ${order.by} (${deployment.id}).`,
    });
    return deployment;
  }
}

/** The image version that a reference means. */
function newest(reference: string, images: readonly ImageSummary[]): ImageSummary {
  const { name, version } = parseImageReference(reference);
  const versions = images.filter((image) => image.name.toLowerCase() === name.toLowerCase());
  const image =
    version === null
      ? versions.reduce<ImageSummary | undefined>((a, b) => (a && a.version > b.version ? a : b), undefined)
      : versions.find((one) => one.version === version);
  if (image) return image;
  const there = [...new Set(images.map((one) => one.name))].join(', ');
  throw new MimeoError(
    'image-missing',
    `There is no image ${reference}${there ? `; there are: ${there}` : ' yet'}.`,
  );
}
