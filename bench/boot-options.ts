import { parseArgs } from 'node:util';
import { wholeNumber } from './options.ts';

export type Firmware = 'bios' | 'uefi';

export interface BootBenchOptions {
  readonly firmware: readonly Firmware[];
  readonly memoryMib: number;
  readonly repeat: number;
  readonly json: boolean;
}

export const BOOT_USAGE = `Usage: npm run bench:boot -- [options]

  --firmware LIST  bios, uefi or both (default: bios,uefi)
  --memory MIB     memory of the machine (default: 1024)
  --repeat N       boots to measure of each; the median counts (default: 3)
  --json           one JSON object on standard output, nothing else
`;

/** @throws Error naming what is wrong */
export function parseBootOptions(argv: readonly string[]): BootBenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      firmware: { type: 'string', default: 'bios,uefi' },
      memory: { type: 'string', default: '1024' },
      repeat: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    firmware: values.firmware.split(',').map(firmwareOf),
    memoryMib: wholeNumber('--memory', values.memory, 256, 65_536),
    repeat: wholeNumber('--repeat', values.repeat, 1, 100),
    json: values.json,
  };
}

function firmwareOf(name: string): Firmware {
  if (name === 'bios' || name === 'uefi') return name;
  throw new Error(`--firmware ${name}: bios or uefi`);
}
