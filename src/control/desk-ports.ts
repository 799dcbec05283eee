import type { Clock } from '../clock.ts';
import type { HostRow, TaskRepository, TaskRow } from '../db/index.ts';
import type { Scheduler } from '../swarm/index.ts';
import type { ChunkLists } from './chunk-lists.ts';
import type { EventHub } from './event-hub.ts';
import type { SwarmBook } from './swarm-book.ts';

/** What the desk needs to know of a task. */
type DeskTask = Pick<TaskRow, 'deployment_id' | 'image' | 'version'> & {
  readonly state: Pick<TaskRow['state'], 'kind'>;
};

/** What the desk of the swarm works with. */
export interface DeskPorts {
  readonly scheduler: Scheduler;
  readonly lists: Pick<ChunkLists, 'of'>;
  readonly images: { taskOf(hostId: string, taskId: string): Promise<DeskTask> };
  readonly directory: { get(hostId: string): Promise<Pick<HostRow, 'lab'>> };
  readonly tasks: Pick<TaskRepository, 'deployment'>;
  /** What hosts are to do. */
  readonly board: { ofHost(hostId: string): { readonly id: string } | null };
  readonly book: SwarmBook;
  readonly hub: Pick<EventHub, 'publish'>;
  readonly clock: Clock;
  /** How busy the thread was since the last call, 0 to 1. */
  readonly busy: () => number;
  /** Told of faults that nobody waits for. */
  readonly onFault: (error: unknown) => void;
}
