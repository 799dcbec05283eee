import type { AgentHost } from '../torture/rig/agent-host.ts';

const PATIENCE_MS = 60_000;

/** What a host said of an order, in milliseconds since the epoch. */
export interface AgentTimes {
  /** It was handed its task. */
  readonly taken: number;
  /** The last byte was right on its disk. */
  readonly whole: number;
  /** The server knew of the end. */
  readonly finished: number;
}

/** Waits until a host's task is finished, and reads what it said from `from` on. */
export async function agentTimes({ process: { said } }: AgentHost, from = 0): Promise<AgentTimes> {
  await said.waitFor(/^\d+ task \S+ finished/m, PATIENCE_MS, from);
  const text = said.text.slice(from);
  const when = (what: RegExp): number => Number(what.exec(text)?.[1]);
  return {
    taken: when(/^(\d+) deploy task/m),
    whole: when(/^(\d+) \S+: \d+ bytes written/m),
    finished: when(/^(\d+) task \S+ finished/m),
  };
}

/** Waits until a host has left its neighbours. @returns for how many seconds it served them after its task */
export async function stayedFor({ process: { said } }: AgentHost, from = 0): Promise<number> {
  const [, stayed] = await said.waitFor(/and stayed (\S+) s for them/, PATIENCE_MS, from);
  return Number(stayed);
}

/** Seconds from when the first of them was handed its task until the last disk was whole. */
export function secondsOf(times: readonly AgentTimes[]): number {
  const first = Math.min(...times.map(({ taken }) => taken));
  return (Math.max(...times.map(({ whole }) => whole)) - first) / 1000;
}
