import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { DoubledRow, ManifestRepository } from '../db/index.ts';
import { writeDurably } from '../durable-file.ts';
import {
  type ManifestProblem,
  type ManifestRow,
  mergeWithLastGood,
  type ParsedManifest,
  parseManifest,
  putRow,
} from '../fleet/index.ts';
import type { Store } from '../store/index.ts';
import type { EventHub } from './event-hub.ts';
import { newId } from './random.ts';
import { countWords } from './size-words.ts';

/** The file is looked at this often, whatever the kernel's notices say: shares and bind mounts swallow them. */
const POLL_MS = 700;
/** No manifest is larger than this; a mistaken copy of a film is not read into memory. */
const MAX_BYTES = 16 * 1_048_576;

/** A problem of the file itself, or of what its lines mean for the hosts. */
type Problem = Omit<ManifestProblem, 'code'> & { readonly code: string };

export interface ManifestState {
  readonly path: string;
  readonly rows: number;
  readonly readAt: number | null;
  readonly problems: readonly Problem[];
  /** Why the file cannot be read at all; null when it can. What was in force stays. */
  readonly fault: string | null;
}

/** Watches manifest.csv in the share: what it assigns is in force within two seconds of saving it. */
export class ManifestWatch {
  readonly #path: string;
  readonly #manifest: ManifestRepository;
  readonly #store: Store;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  #rows: readonly ManifestRow[] = [];
  #problems: readonly Problem[] = [];
  #fault: string | null = null;
  #readAt: number | null = null;
  #seen = '';
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(ports: {
    path: string;
    manifest: ManifestRepository;
    store: Store;
    hub: EventHub;
    clock: Clock;
  }) {
    this.#path = ports.path;
    this.#manifest = ports.manifest;
    this.#store = ports.store;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
  }

  async start(): Promise<void> {
    this.#rows = await this.#manifest.rows();
    await this.check();
    this.#timer = setInterval(() => void this.check(), POLL_MS);
    this.#watcher = watch(dirname(this.#path), () => void this.check());
    // A folder that goes away (an unmounted share) ends the notices; the timer goes on and finds it again.
    this.#watcher.on('error', () => this.#watcher?.close());
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#watcher?.close();
    this.#timer = null;
    this.#watcher = null;
    await this.#queue;
  }

  state(): ManifestState {
    return {
      path: this.#path,
      rows: this.#rows.length,
      readAt: this.#readAt,
      problems: this.#problems,
      fault: this.#fault,
    };
  }

  /** Looks at the file and puts it in force if it changed, or if `force` says that the images did. */
  check(options: { force?: boolean } = {}): Promise<void> {
    this.#queue = this.#queue
      .then(() => this.#check(options.force ?? false))
      .catch((error) => this.#complain(error));
    return this.#queue;
  }

  /** Writes one row into the file in the file's own form, and puts it in force. */
  async put(row: ManifestRow): Promise<void> {
    const written = this.#queue.then(async () => {
      const before = await readFile(this.#path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return Buffer.alloc(0);
        throw error;
      });
      // Whoever could edit the file before can edit it afterwards.
      const mode = await stat(this.#path).then(
        (found) => found.mode & 0o777,
        () => 0o664,
      );
      await writeDurably(this.#path, putRow(before, row), { mode });
      await this.#check(true);
    });
    this.#queue = written.catch(() => undefined);
    await written;
    const words = `${row.name} (${row.mac}, ${row.image}) was written to the manifest.`;
    await this.#hub.publish('manifest', { kind: 'written', level: 'info', words });
  }

  async #check(force: boolean): Promise<void> {
    const now = await stat(this.#path, { bigint: true }).catch(() => null);
    const seen = now === null ? 'none' : `${now.ino} ${now.size} ${now.mtimeNs} ${now.ctimeNs}`;
    if (seen === this.#seen && !force) return;
    if (now === null) return this.#missing(seen);
    const tooLarge = now.size > BigInt(MAX_BYTES);
    const bytes = tooLarge ? Buffer.from([0]) : await readFile(this.#path);
    const images = await this.#store.list();
    // Versions are told apart by the reader itself; of labels it knows only those that there are.
    const known = images.flatMap(({ name, labels }) => [name, ...labels.map((label) => `${name}@${label}`)]);
    const parsed = parseManifest(bytes, { knownImages: new Set(known) });
    const merged = mergeWithLastGood(this.#rows, parsed);
    const { doubled } = await this.#manifest.putInForce(merged.rows, this.#clock.now(), () => newId('h'));
    this.#rows = merged.rows;
    const problems = [...parsed.problems, ...doubled.map((row) => doubledProblem(row, parsed.rows))];
    const changed = JSON.stringify(problems) !== JSON.stringify(this.#problems);
    this.#problems = problems;
    this.#readAt = this.#clock.now();
    // Only now: a file that could not be read is tried again at the next look.
    this.#seen = seen;
    this.#fault = null;
    if (force && !changed) return;
    await this.#announce(merged.held.length);
  }

  /** A file that is gone takes nothing out of force: it may be in the middle of being saved. */
  async #missing(seen: string): Promise<void> {
    this.#seen = seen;
    this.#problems = [];
    const words = `${this.#path} is not there; what it said last stays in force.`;
    this.#fault = words;
    await this.#hub.publish('manifest', { kind: 'problem', level: 'warning', words });
  }

  async #announce(held: number): Promise<void> {
    const count = this.#problems.length;
    const machines = countWords(this.#rows.length, 'machine');
    const words =
      count === 0
        ? `The manifest was read: ${machines}.`
        : `The manifest was read: ${machines}, ${countWords(count, 'problem')}, ${countWords(held, 'line')} kept as they were.`;
    await this.#hub.publish('manifest', { kind: 'read', level: count === 0 ? 'info' : 'warning', words });
    for (const { line, column, message, next } of this.#problems.slice(0, 20)) {
      const about = `manifest.csv line ${line}, column ${column}: ${message} ${next}`;
      await this.#hub.publish('manifest', { kind: 'problem', level: 'warning', words: about });
    }
  }

  async #complain(error: unknown): Promise<void> {
    const words = `${this.#path} could not be read: ${error instanceof Error ? error.message : String(error)}`;
    if (this.#fault === words) return;
    this.#fault = words;
    await this.#hub.publish('manifest', { kind: 'problem', level: 'error', words }).catch(() => undefined);
  }
}

/** Two lines that lead to one machine: only the first of them is in force. */
function doubledProblem({ mac, name, hostName }: DoubledRow, rows: ParsedManifest['rows']): Problem {
  return {
    line: rows.find((row) => row.mac === mac)?.line ?? 1,
    column: 1,
    code: 'doubled-host',
    message: `${name} (${mac}): this card was seen on ${hostName}, which has a line of its own.`,
    next: 'If both are one computer, delete one of the two lines; if it is a dock, write the computer’s own MAC.',
  };
}
