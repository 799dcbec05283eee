import { parseArgs } from 'node:util';

export interface DeployBenchOptions {
  /** Speed of every port, as tc writes it. */
  readonly rate: string;
  readonly bitsPerSecond: number;
  /** Incompressible data in the image. */
  readonly mib: number;
  readonly repeat: number;
  readonly json: boolean;
}

export const DEPLOY_USAGE = `Usage: npm run bench:deploy -- [options]

  --rate RATE    speed of the host's and the server's port, such as 100mbit or 1gbit (default: 100mbit)
  --mib N        MiB of incompressible data in the image (default: 160)
  --repeat N     deployments to measure; the median counts (default: 3)
  --json         one JSON object on standard output, nothing else
`;

/** @throws Error naming what is wrong */
export function parseDeployOptions(argv: readonly string[]): DeployBenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rate: { type: 'string', default: '100mbit' },
      mib: { type: 'string', default: '160' },
      repeat: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    rate: values.rate,
    bitsPerSecond: bitsOf(values.rate),
    mib: wholeNumber('--mib', values.mib, 1, 8192),
    repeat: wholeNumber('--repeat', values.repeat, 1, 100),
    json: values.json,
  };
}

/** tc's notation of a rate in bits per second. */
export function bitsOf(rate: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([kmg])bit$/.exec(rate) ?? [];
  if (number === '') throw new Error(`--rate ${rate}: write it as 100mbit, 1gbit or 500kbit`);
  return Number(number) * { k: 1e3, m: 1e6, g: 1e9 }[unit as 'k' | 'm' | 'g'];
}

/** @throws Error when it is none or out of bounds */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${option} ${text}: a whole number from ${least} to ${most}`);
}

/** The middle one; of an even count the lower middle one, so that it was really measured. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}
