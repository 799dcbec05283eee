import { parseArgs } from 'node:util';
import { bitsOf, wholeNumber } from '../options.ts';

export interface ControlBenchOptions {
  readonly hosts: number;
  /** Speed of every host's port and of the server's, as tc writes it; nothing but time is spent on it. */
  readonly rate: string;
  readonly bitsPerSecond: number;
  /** Chunks of the image, no two of them the same. */
  readonly chunks: number;
  /** Processes that the simulated hosts are spread over. */
  readonly processes: number;
  /** A folder for V8's profile of the server; null: none is made. */
  readonly profile: string | null;
  readonly json: boolean;
}

export const CONTROL_USAGE = `Usage: npm run bench:control -- [options]

  --hosts N         simulated hosts (default: 300)
  --rate RATE       speed of their ports and the server's, such as 100mbit or 1gbit (default: 1gbit)
  --chunks N        chunks of 1 MiB in the image (default: 2000)
  --processes N     processes that the hosts are spread over (default: one for each 100, at most 6)
  --profile FOLDER  writes a CPU profile of the server into this folder
  --json            one JSON object on standard output, nothing else
`;

/** @throws Error naming what is wrong */
export function parseControlOptions(argv: readonly string[]): ControlBenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      hosts: { type: 'string', default: '300' },
      rate: { type: 'string', default: '1gbit' },
      chunks: { type: 'string', default: '2000' },
      processes: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const hosts = wholeNumber('--hosts', values.hosts, 1, 4000);
  return {
    hosts,
    rate: values.rate,
    bitsPerSecond: bitsOf(values.rate),
    chunks: wholeNumber('--chunks', values.chunks, 8, 100_000),
    processes: wholeNumber('--processes', values.processes ?? `${processesFor(hosts)}`, 1, 32),
    profile: values.profile ?? null,
    json: values.json,
  };
}

/** Enough that the hosts' own work does not hold up their questions. */
export function processesFor(hosts: number): number {
  return Math.min(6, Math.ceil(hosts / 100));
}
