import { parseArgs } from 'node:util';
import { processesFor } from '../control/options.ts';
import { bitsOf, wholeNumber } from '../options.ts';

export interface SchoolBenchOptions {
  readonly hosts: number;
  readonly processes: number;
  readonly rate: string;
  readonly bitsPerSecond: number;
  /** Used bytes of the image, in GiB, and of that which is measured; the rest is computed. */
  readonly gib: number;
  readonly measuredGib: number;
  /** How many times smaller its chunks are. */
  readonly compressible: number;
  /** Bytes per second that a host's disk writes and reads. */
  readonly disk: number;
  /** Seconds from the key to the agent's hello, see bench:boot; hosts are not booted here. */
  readonly bootSeconds: number;
  /** What each host loads over the server's port before its agent starts, MiB. */
  readonly bootMib: number;
  readonly json: boolean;
}

export const SCHOOL_USAGE = `Usage: npm run bench:school -- [options]

  --hosts N           simulated hosts in ten labs (default: 300)
  --rate RATE         speed of their ports and the server's (default: 1gbit)
  --gib N             used GiB of the image (default: 20)
  --measured-gib N    of which so many are gone through in real time (default: 1)
  --compressible N    chunks are N times smaller than the data (default: 2)
  --disk-mb N         MB/s that a host's disk writes, and reads back (default: 150)
  --boot-seconds N    from the power button to the agent's hello, as bench:boot measures it (default: 30)
  --boot-mib N        MiB of the boot environment, which every host loads from the server (default: 62)
  --processes N       processes that the hosts are spread over (default: one for each 100, at most 6)
  --json              one JSON object on standard output, nothing else
`;

/** @throws Error naming what is wrong */
export function parseSchoolOptions(argv: readonly string[]): SchoolBenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      hosts: { type: 'string', default: '300' },
      rate: { type: 'string', default: '1gbit' },
      gib: { type: 'string', default: '20' },
      'measured-gib': { type: 'string', default: '1' },
      compressible: { type: 'string', default: '2' },
      'disk-mb': { type: 'string', default: '150' },
      'boot-seconds': { type: 'string', default: '30' },
      'boot-mib': { type: 'string', default: '62' },
      processes: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const hosts = wholeNumber('--hosts', values.hosts, 10, 4000);
  const gib = wholeNumber('--gib', values.gib, 1, 1000);
  return {
    hosts,
    processes: wholeNumber('--processes', values.processes ?? `${processesFor(hosts)}`, 1, 32),
    rate: values.rate,
    bitsPerSecond: bitsOf(values.rate),
    gib,
    measuredGib: wholeNumber('--measured-gib', values['measured-gib'], 1, gib),
    compressible: wholeNumber('--compressible', values.compressible, 1, 8),
    disk: wholeNumber('--disk-mb', values['disk-mb'], 1, 100_000) * 1e6,
    bootSeconds: wholeNumber('--boot-seconds', values['boot-seconds'], 0, 3600),
    bootMib: wholeNumber('--boot-mib', values['boot-mib'], 1, 4096),
    json: values.json,
  };
}
