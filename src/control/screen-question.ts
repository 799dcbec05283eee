import type { Clock } from '../clock.ts';
import type { HostRow, SecretRepository } from '../db/index.ts';
import { toMimeoError } from '../errors.ts';
import { nameProblem, proposeName } from '../fleet/index.ts';
import { imageNameFault } from '../image/index.ts';
import type { AnswerCheck, AnswerReply, AnswerRequest, AskOrder } from '../protocol/index.ts';
import type { Store } from '../store/index.ts';
import type { AgentSessions } from './agent-sessions.ts';
import type { DeployPreviews } from './deploy-previews.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import type { ManifestWatch } from './manifest-watch.ts';
import type { Orders } from './orders.ts';
import { normaliseCode } from './random.ts';
import type { TaskBoard } from './task-board.ts';

const DEFAULT_SECONDS = 30;

type Refusal = Extract<AnswerReply, { accepted: false }>;

/** The question at the screen of a machine that nobody knows, and its answer. */
export class ScreenQuestion {
  readonly #store: Store;
  readonly #directory: HostDirectory;
  readonly #sessions: AgentSessions;
  readonly #manifest: ManifestWatch;
  readonly #orders: Orders;
  readonly #previews: DeployPreviews;
  readonly #board: TaskBoard;
  readonly #secrets: SecretRepository;
  readonly #hub: EventHub;
  readonly #clock: Clock;

  constructor(ports: {
    store: Store;
    directory: HostDirectory;
    sessions: AgentSessions;
    manifest: ManifestWatch;
    orders: Orders;
    previews: DeployPreviews;
    board: TaskBoard;
    secrets: SecretRepository;
    hub: EventHub;
    clock: Clock;
  }) {
    this.#store = ports.store;
    this.#directory = ports.directory;
    this.#sessions = ports.sessions;
    this.#manifest = ports.manifest;
    this.#orders = ports.orders;
    this.#previews = ports.previews;
    this.#board = ports.board;
    this.#secrets = ports.secrets;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  async ask(host: HostRow): Promise<AskOrder> {
    const newest = new Map<string, AskOrder['images'][number]>();
    for (const { name, version, diskBytes, usedBytes, createdAt } of await this.#store.list()) {
      if ((newest.get(name)?.version ?? 0) < version) {
        newest.set(name, { name, version, diskBytes, usedBytes, createdAt });
      }
    }
    const proposal = proposeName({
      rule: null,
      lab: host.lab,
      seat: null,
      mac: host.macs[0] ?? null,
      taken: await this.#takenNames(host.id),
    });
    return {
      kind: 'ask',
      images: [...newest.values()].sort((a, b) => a.name.localeCompare(b.name)),
      proposedName: host.name ?? (proposal.kind === 'name' ? proposal.name : ''),
      currentName: host.name,
      defaultSeconds: DEFAULT_SECONDS,
    };
  }

  /** Checks one field as it was typed, before the whole answer. */
  async check(host: HostRow, { field, value }: AnswerCheck): Promise<AnswerReply> {
    if (field === 'name') return (await this.#nameFault(host, value)) ?? { accepted: true };
    if (field === 'image') return (await this.#imageFault(value)) ?? { accepted: true };
    const fault = imageNameFault(value);
    return fault === null
      ? { accepted: true }
      : refuse('image', `This cannot be an image's name: ${fault}.`, 'Type another name.');
  }

  /**
   * Takes an answer: "own disk" needs nobody's leave; writing or reading a disk needs a technician's code.
   * A deploy answer is written to the manifest, so that the machine is never asked again.
   */
  async answer(host: HostRow, answer: AnswerRequest): Promise<AnswerReply> {
    if (answer.choice === 'own-disk') return this.#ownDisk(host);
    // The same answer sent twice, because the first reply was lost on the way.
    const open = this.#board.ofHost(host.id);
    if (open !== null && open.state.kind === answer.choice && open.image === answer.image)
      return { accepted: true };
    const fault =
      answer.choice === 'deploy'
        ? ((await this.#nameFault(host, answer.name)) ?? (await this.#imageFault(answer.image)))
        : await this.check(host, { field: 'new-image', value: answer.image });
    if (fault !== null && !fault.accepted) return fault;
    const wrong = await this.#codeFault(host, answer.code);
    if (wrong !== null) return wrong;
    await this.#sessions.note(host.id, { answered: true });
    try {
      if (answer.choice === 'deploy') await this.#deploy(host, answer.name, answer.image);
      else
        await this.#orders.capture(
          { host: host.id, image: answer.image, notes: '' },
          'the code at its screen',
        );
    } catch (error) {
      await this.#sessions.note(host.id, { answered: false });
      const { message, next } = toMimeoError(error);
      return refuse(answer.choice === 'deploy' ? 'name' : 'image', message, next);
    }
    return { accepted: true };
  }

  async #ownDisk(host: HostRow): Promise<AnswerReply> {
    await this.#directory.update(host.id, { declined_at: this.#clock.now(), local_once: 1 });
    await this.#sessions.note(host.id, { answered: true });
    await this.#hub.publish('host', {
      kind: 'question',
      level: 'info',
      hostId: host.id,
      words: 'The question at its screen was answered with "own disk", or nobody answered.',
    });
    return { accepted: true };
  }

  async #deploy(host: HostRow, name: string, image: string): Promise<void> {
    await this.#previews.demand(host, name, image);
    await this.#manifest.put({ mac: host.macs[0] ?? '', name, image, lab: host.lab });
    const wish = { targets: [host.id], image };
    const { digest } = await this.#previews.preview(wish);
    await this.#orders.deploy({ ...wish, digest }, 'the code at its screen');
    await this.#hub.publish('host', {
      kind: 'named',
      level: 'info',
      hostId: host.id,
      words: `It was named ${name} at its own screen and gets ${image}.`,
    });
  }

  async #nameFault(host: HostRow, name: string): Promise<Refusal | null> {
    const problem = nameProblem(name);
    if (problem !== null) return refuse('name', `"${name}" ${problem}.`, 'Type another name.');
    if (!(await this.#takenNames(host.id)).has(name.toLowerCase())) return null;
    return refuse('name', `Another host is called ${name} already.`, 'Type another name.');
  }

  async #imageFault(image: string): Promise<Refusal | null> {
    const images = await this.#store.list();
    if (images.some((one) => one.name.toLowerCase() === image.toLowerCase())) return null;
    return refuse('image', `There is no image ${image}.`, 'Choose one of the list.');
  }

  async #codeFault(host: HostRow, code: string): Promise<Refusal | null> {
    const verdict = await this.#secrets.tryCode(normaliseCode(code), this.#clock.now());
    if (verdict === 'good') return null;
    await this.#hub.publish('host', {
      kind: 'question',
      level: 'warning',
      hostId: host.id,
      words:
        verdict === 'wrong'
          ? 'A wrong technician code was typed at its screen.'
          : 'A code was typed at its screen, and none is valid.',
    });
    return verdict === 'wrong'
      ? refuse('code', 'This code is wrong.', 'Type it again; after a few wrong ones a new one is needed.')
      : refuse('code', 'No code is valid at the moment.', 'Make one on the server with: mimeo code');
  }

  async #takenNames(exceptHostId: string): Promise<Set<string>> {
    const hosts = await this.#directory.all();
    return new Set(
      hosts
        .filter((host) => host.id !== exceptHostId && host.name !== null)
        .map((host) => host.name?.toLowerCase() ?? ''),
    );
  }
}

function refuse(field: Refusal['field'], message: string, next: string): Refusal {
  return { accepted: false, field, message, next };
}
