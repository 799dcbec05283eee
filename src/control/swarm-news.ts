import type { Verdict } from '../swarm/index.ts';
import type { DeskPorts } from './desk-ports.ts';
import { verdictWords } from './swarm-words.ts';

/** A host's part in a deployment, from one join to the next. */
interface Part {
  readonly taskId: string;
  readonly deploymentId: string;
}

/** Tells technicians of hosts that others cannot be sent to. */
export class SwarmNews {
  readonly #ports: Pick<DeskPorts, 'book' | 'hub' | 'onFault'>;
  readonly #said = new WeakMap<Part, Set<Verdict['what']>>();

  constructor(ports: Pick<DeskPorts, 'book' | 'hub' | 'onFault'>) {
    this.#ports = ports;
  }

  /**
   * The same of a host is said once: a bad cable comes and goes every few seconds for as long as an image takes.
   *
   * @param part null: the host has left in the meantime
   */
  tell(verdict: Verdict, part: Part | null): void {
    const { book, hub, onFault } = this.#ports;
    const words = verdictWords(verdict);
    if (part !== null) {
      const said = this.#said.get(part) ?? new Set();
      this.#said.set(part, said);
      if (said.has(verdict.what)) return;
      said.add(verdict.what);
      book.remark(part.deploymentId, { hostId: verdict.peer, words });
    }
    const about = { hostId: verdict.peer, taskId: part?.taskId ?? null };
    hub.publish('host', { kind: 'neighbour', level: 'warning', words, ...about }).catch(onFault);
  }
}
