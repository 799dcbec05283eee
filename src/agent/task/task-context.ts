import type { DiskInfo } from '../../disk/index.ts';
import type { PublicKey } from '../../image/index.ts';
import type { Phase } from '../../protocol/index.ts';
import type { TransferProgress } from '../../transfer/index.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import type { Neighbours } from '../swarm/neighbours.ts';

/** What carrying out an order may use. */
export interface TaskContext {
  readonly link: ServerLink;
  /** Where the chunks of a deployment come from; null: from the server alone. */
  readonly neighbours: Neighbours | null;
  /** Whether what was written is read back and compared. */
  readonly readBack: boolean;
  /** Whose signature on an index is believed. */
  readonly trustedKeys: readonly PublicKey[];
  readonly listDisks: () => Promise<readonly DiskInfo[]>;
  /** Aborted with a `TaskCancelled` when the task is to stop, or with the reason why the agent stops. */
  readonly signal: AbortSignal;
  readonly step: (phase: Phase) => void;
  readonly progress: (progress: TransferProgress) => void;
  readonly log: (line: string) => void;
  /** From here on the disk is no longer what it was. */
  readonly diskTouched: () => void;
  /** ISO 8601, by the server's clock: the host's own may be dead. */
  readonly now: () => string;
}

/** How a task ended well. */
export interface TaskResult {
  readonly words: string;
  readonly warnings: readonly string[];
}
