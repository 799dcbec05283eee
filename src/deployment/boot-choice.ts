import { ENDED, type TaskStatus } from './task.ts';

/** What the server knows of a host at the moment it asks what to boot. */
export interface BootFacts {
  /** Whether the host is in the manifest or was adopted by a technician. */
  readonly known: boolean;
  /** The status of its open task, if it has one. */
  readonly task: TaskStatus | null;
  /** Somebody pressed the key at its screen. */
  readonly menuAsked: boolean;
  /** When its question was last answered with "own disk", or ran out; milliseconds since the epoch. */
  readonly declinedAt: number | null;
  readonly now: number;
}

export type BootChoice =
  | { readonly boot: 'agent'; readonly why: 'task' | 'ask' }
  | { readonly boot: 'local'; readonly why: string };

/** An unknown machine is not asked again for this long; pressing the key at its screen always asks. */
export const ASK_AGAIN_MS = 12 * 3_600_000;

/**
 * Whether a host boots the agent or its own disk. A host with nothing to do boots its own disk, so it is
 * never imaged because it forgot to leave network boot.
 */
export function chooseBoot(facts: BootFacts): BootChoice {
  if (facts.task !== null && !ENDED.has(facts.task)) return { boot: 'agent', why: 'task' };
  if (facts.menuAsked) return { boot: 'agent', why: 'ask' };
  if (facts.known) return { boot: 'local', why: 'nothing to do' };
  if (facts.declinedAt !== null && facts.now - facts.declinedAt < ASK_AGAIN_MS) {
    return { boot: 'local', why: 'not known to Mimeo, and asked not long ago' };
  }
  return { boot: 'agent', why: 'ask' };
}
