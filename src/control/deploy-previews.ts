import { createHash } from 'node:crypto';
import type { HostRow, TaskDisk } from '../db/index.ts';
import { FREE_NETWORK, type NetworkUse } from '../deployment/index.ts';
import type { DiskRule } from '../disk/index.ts';
import { type ErrorCode, MimeoError, toMimeoError } from '../errors.ts';
import type { After } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';
import { diskWords, planWords } from './disk-demand.ts';
import { type FetchEstimate, FetchEstimates } from './fetch-estimate.ts';
import type { HostDirectory } from './host-directory.ts';
import type { HostProfiles, ProfileLook } from './host-profiles.ts';
import type { ImageAccess } from './image-access.ts';
import { imageMeant } from './image-reference.ts';
import type { TaskBoard } from './task-board.ts';

/** How long hosts that are switched off are waited for when nobody says. */
export const DEFAULT_HOURS = 8;

export interface DeployWish {
  readonly targets: readonly string[];
  readonly image?: string | undefined;
  readonly forHours?: number | undefined;
  readonly after?: After | undefined;
  /** Which of a host's disks is meant. */
  readonly disk?: DiskRule | undefined;
  /** Partitions of the host's disk that stay, by number, label or GPT name. */
  readonly keep?: readonly string[] | undefined;
  /** `none`: no partition grows to fill the disk. */
  readonly grow?: 'auto' | 'none' | undefined;
  /** How it may use the network; what is not said is as usual. */
  readonly limit?: number | undefined;
  readonly hostLimit?: number | undefined;
  readonly lingerSeconds?: number | undefined;
}

/** What an order says of the network. */
export function networkUse({ limit, hostLimit, lingerSeconds }: DeployWish): NetworkUse {
  return {
    limit: limit ?? FREE_NETWORK.limit,
    hostLimit: hostLimit ?? FREE_NETWORK.hostLimit,
    lingerSeconds: lingerSeconds ?? FREE_NETWORK.lingerSeconds,
  };
}

/** What an order says of the disks, as its tasks keep it. */
export function taskDisk({ disk, keep, grow }: Pick<DeployWish, 'disk' | 'keep' | 'grow'>): TaskDisk {
  return { rule: disk ?? null, keep: keep ?? [], grow: grow ?? 'auto', all: false };
}

export interface PreviewedMachine {
  readonly hostId: string;
  readonly name: string;
  readonly lab: string | null;
  readonly mac: string;
  readonly image: string;
  readonly version: number;
  readonly disk: string | null;
  /** What happens to that disk, in clauses: which partition grows, which one moves. */
  readonly plan: readonly string[];
  readonly fetch: FetchEstimate;
}

/** What was asked for and cannot be done, with the reason. */
export interface RefusedTarget {
  readonly target: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
}

export interface DeployPreview {
  /** Partitions of each disk that stay. */
  readonly keep: readonly string[];
  readonly machines: readonly PreviewedMachine[];
  readonly refused: readonly RefusedTarget[];
  readonly digest: string;
}

/** What is looked at once for all machines of an order. */
interface Facts extends Awaited<ReturnType<Store['survey']>> {
  readonly estimates: FetchEstimates;
  readonly look: ProfileLook;
}

/** Looks at what an order would do, and changes nothing. */
export class DeployPreviews {
  readonly #board: TaskBoard;
  readonly #directory: HostDirectory;
  readonly #images: ImageAccess;
  readonly #profiles: HostProfiles;
  readonly #store: Store;

  constructor(ports: {
    board: TaskBoard;
    directory: HostDirectory;
    images: ImageAccess;
    profiles: HostProfiles;
    store: Store;
  }) {
    this.#board = ports.board;
    this.#directory = ports.directory;
    this.#images = ports.images;
    this.#profiles = ports.profiles;
    this.#store = ports.store;
  }

  /** Which machines an order would write, and which it would not, each with the reason; changes nothing. */
  async preview(wish: DeployWish): Promise<DeployPreview> {
    const hosts = await this.#directory.all();
    const facts = await this.#facts();
    const machines = new Map<string, PreviewedMachine>();
    const refused: RefusedTarget[] = [];
    for (const target of wish.targets) {
      for (const host of await this.#resolve(target, hosts, refused)) {
        try {
          machines.set(host.id, await this.#machine(host, wish, facts));
        } catch (error) {
          const { code, message, next } = toMimeoError(error);
          refused.push({ target: host.name ?? host.macs[0] ?? host.id, code, message, next });
        }
      }
    }
    const list = [...machines.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    const digest = createHash('sha256')
      .update(JSON.stringify([list, wish.after ?? 'reboot', wish.forHours ?? DEFAULT_HOURS, taskDisk(wish)]))
      .digest('hex');
    return { keep: wish.keep ?? [], machines: list, refused, digest };
  }

  /**
   * Whether this host could be given this image, before anything is written down.
   *
   * @throws MimeoError with the reason why not
   */
  async demand(host: HostRow, name: string, image: string): Promise<void> {
    await this.#machine({ ...host, name }, { targets: [], image }, await this.#facts());
  }

  async #facts(): Promise<Facts> {
    const { images, damaged } = await this.#store.survey();
    const decoded: ImageAccess['decoded'] = (name, version) => this.#images.decoded(name, version);
    const estimates = new FetchEstimates({ images, decoded });
    return { images, damaged, estimates, look: await this.#profiles.look() };
  }

  /** @throws MimeoError `host-busy` while the host has an open task */
  demandIdle(host: HostRow): void {
    const open = this.#board.ofHost(host.id);
    if (open === null) return;
    throw new MimeoError(
      'host-busy',
      `${open.host_name} already has an open task (${open.id}: ${open.state.kind} ${open.image}, ${open.state.status}).`,
    );
  }

  async #resolve(
    target: string,
    hosts: readonly HostRow[],
    refused: RefusedTarget[],
  ): Promise<readonly HostRow[]> {
    if (target.toLowerCase() === 'all') return hosts.filter((host) => host.known === 1);
    const lab = hosts.filter((host) => host.known === 1 && host.lab?.toLowerCase() === target.toLowerCase());
    if (lab.length > 0) return lab;
    try {
      return [await this.#directory.find(target)];
    } catch (error) {
      const { code, message, next } = toMimeoError(error);
      refused.push({ target, code, message: message.replace('no host', 'no lab or host'), next });
      return [];
    }
  }

  async #machine(host: HostRow, wish: DeployWish, facts: Facts): Promise<PreviewedMachine> {
    if (host.name === null) throw new MimeoError('host-unnamed', 'This machine has no name.');
    if (host.conflict !== null) throw new MimeoError('host-ambiguous', host.conflict);
    this.demandIdle(host);
    const reference = wish.image ?? host.image;
    if (reference === null) throw new MimeoError('image-unassigned', `No image is assigned to ${host.name}.`);
    const image = imageMeant(reference, facts.images, facts.damaged);
    const index = await this.#images.decoded(image.name, image.version);
    const { rule, keep, grow } = taskDisk(wish);
    const plan = planWords(host, index, { rule, keep, grow });
    facts.look.settings(host, { name: host.name, image: image.name, version: image.version });
    return {
      hostId: host.id,
      name: host.name,
      lab: host.lab,
      mac: host.macs[0] ?? '',
      image: image.name,
      version: image.version,
      disk: diskWords(host, index, { rule, keep, grow }),
      plan,
      fetch: await facts.estimates.of(host, image),
    };
  }
}
