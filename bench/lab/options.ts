import { parseArgs } from 'node:util';
import { bitsOf, wholeNumber } from '../options.ts';

export interface LabBenchOptions {
  readonly hosts: number;
  /** Speed of every port, as tc writes it. */
  readonly rate: string;
  readonly bitsPerSecond: number;
  /** Data in the image. */
  readonly mib: number;
  /** How many times smaller than that its chunks are. */
  readonly compressible: number;
  /** Hosts that lose power when half of the floor has gone by. */
  readonly kill: number;
  /** Hosts at a port of a tenth of the speed. */
  readonly slow: number;
  /** Hosts that send every tenth chunk with a wrong byte in it. */
  readonly corrupt: number;
  /** Switches; the second half of the hosts is behind the second one. */
  readonly bridges: 1 | 2;
  /** Speed of the link between them. */
  readonly uplink: string;
  /** One more host, switched on when half of the floor has gone by. */
  readonly late: boolean;
  /** `server`: agents do not take part in the swarm. */
  readonly sources: 'peers' | 'server';
  /** The switch keeps hosts from each other, and they have to find out. */
  readonly firewall: boolean;
  /** Measures what others use over the same network, instead of Mimeo. */
  readonly peers: boolean;
  /** Measures the network of the lab itself, instead of Mimeo. */
  readonly limits: boolean;
  readonly congestion: string;
  /** Waits for the slow hosts as well. */
  readonly waitSlow: boolean;
  readonly json: boolean;
}

export const LAB_USAGE = `Usage: npm run bench:lab -- [options]

  --hosts N          hosts that are imaged at once (default: 16)
  --rate RATE        speed of every port, the server's too, such as 100mbit or 1gbit (default: 100mbit)
  --mib N            MiB of data in the image (default: 320; with --peers 160)
  --compressible N   chunks are N times smaller than the data: 1 to 8 (default: 1)
  --kill N           N hosts lose power in the middle
  --slow N           N hosts at a tenth of the speed; --wait-slow waits for them as well
  --corrupt N        N hosts that send every tenth chunk with a wrong byte
  --late             one more host, switched on when the others are half through
  --bridges 2        half of the hosts behind a second switch
  --uplink RATE      speed of the link between the switches (default: 100mbit)
  --sources WHICH    peers, or server: hosts do not swap chunks (default: peers)
  --firewall         the switch keeps hosts from each other, and they have to find out
  --congestion NAME  TCP's congestion control (default: cubic, as in the boot environment)
  --peers            measures HTTP, udpcast and libtorrent instead
  --limits           measures the lab's network itself instead
  --json             one JSON object on standard output, nothing else
`;

/** @throws Error naming what is wrong */
export function parseLabOptions(argv: readonly string[]): LabBenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      hosts: { type: 'string', default: '16' },
      rate: { type: 'string', default: '100mbit' },
      mib: { type: 'string' },
      compressible: { type: 'string', default: '1' },
      kill: { type: 'string', default: '0' },
      slow: { type: 'string', default: '0' },
      corrupt: { type: 'string', default: '0' },
      late: { type: 'boolean', default: false },
      bridges: { type: 'string', default: '1' },
      uplink: { type: 'string', default: '100mbit' },
      sources: { type: 'string', default: 'peers' },
      firewall: { type: 'boolean', default: false },
      congestion: { type: 'string', default: 'cubic' },
      peers: { type: 'boolean', default: false },
      limits: { type: 'boolean', default: false },
      'wait-slow': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { sources, peers } = values;
  if (sources !== 'peers' && sources !== 'server')
    throw new Error(`--sources ${sources}: it is peers or server`);
  const hosts = wholeNumber('--hosts', values.hosts, 1, 100);
  const odd = (option: string, text: string): number => wholeNumber(option, text, 0, hosts - 1);
  const [kill, slow, corrupt] = [
    odd('--kill', values.kill),
    odd('--slow', values.slow),
    odd('--corrupt', values.corrupt),
  ];
  if (kill + slow + corrupt >= hosts) throw new Error('no healthy host is left to be measured');
  bitsOf(values.uplink);
  return {
    hosts,
    rate: values.rate,
    bitsPerSecond: bitsOf(values.rate),
    mib: wholeNumber('--mib', values.mib ?? (peers ? '160' : '320'), 8, 8192),
    compressible: wholeNumber('--compressible', values.compressible, 1, 8),
    kill,
    slow,
    corrupt,
    bridges: wholeNumber('--bridges', values.bridges, 1, 2) === 2 ? 2 : 1,
    uplink: values.uplink,
    late: values.late,
    sources,
    firewall: values.firewall,
    peers,
    limits: values.limits,
    congestion: values.congestion,
    waitSlow: values['wait-slow'],
    json: values.json,
  };
}
