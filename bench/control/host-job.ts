import { z } from 'zod';

/** What a process of simulated hosts is to do. */
export interface HostJob {
  /** `http://10.77.0.2:8080` */
  readonly server: string;
  /** Numbers of its hosts: from here on so many. */
  readonly first: number;
  readonly count: number;
  readonly diskBytes: number;
  /** The image whose deployment is measured; another one only makes a host known to the server. */
  readonly image: string;
  readonly timing: HostTiming;
}

/** How long things take that are not done. */
export interface HostTiming {
  /** Bytes of a chunk on the wire. */
  readonly wireBytes: number;
  /** Milliseconds for a chunk at the speed of a host's port. */
  readonly portMs: number;
  /** Milliseconds for a chunk at this process's share of the server's port. */
  readonly serverMs: number;
  /** Milliseconds to write a chunk; 0: no disk. */
  readonly writeMs: number;
  /** Milliseconds to read a chunk back after the last was written; 0: it is not. */
  readonly readBackMs: number;
}

const counts = z.array(z.tuple([z.number(), z.number()]));

/** One line of what such a process says. */
export const hostNewsSchema = z.discriminatedUnion('kind', [
  /** All its hosts are known to the server and wait for work. */
  z.object({ kind: z.literal('waiting') }),
  /** All its hosts have told the server of the end of their task. */
  z.object({ kind: z.literal('finished') }),
  /** They have left their neighbours. */
  z.object({
    kind: z.literal('result'),
    hosts: z.array(
      z.object({
        /**
         * Milliseconds since the epoch: it had its order, half and all of it was on its disk, the server knew of
         * the end.
         */
        takenAt: z.number(),
        halfAt: z.number(),
        wholeAt: z.number(),
        finishedAt: z.number(),
        fromServer: z.number(),
        /** How often it had to join. */
        joins: z.number(),
      }),
    ),
    exchanges: z.number(),
    assignments: z.number(),
    /** Durations without what the server held them for. */
    polls: counts,
    reports: counts,
    boots: counts,
    /** How late its own timers were. */
    loopP99Ms: z.number(),
    cpuSeconds: z.number(),
  }),
]);
export type HostNews = z.infer<typeof hostNewsSchema>;
export type HostResult = Extract<HostNews, { kind: 'result' }>;

/** The address of a simulated host's card. */
export function macOf(number: number): string {
  const hex = number.toString(16).padStart(6, '0');
  return `52:54:7e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
}
