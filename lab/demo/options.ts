import { parseArgs } from 'node:util';
import { MimeoError } from '../../src/errors.ts';
import type { Firmware } from '../workstation/arguments.ts';

export interface DemoOptions {
  /** How many hosts are imaged. */
  readonly hosts: number;
  /** Their firmware, by turns. */
  readonly firmware: readonly Firmware[];
  /** Speed of every port, as tc writes it; null: as fast as it goes. */
  readonly rate: string | null;
  /** Stay up at the end until Ctrl-C. */
  readonly keep: boolean;
  /** A folder for pictures of the hosts' screens, or null. */
  readonly pictures: string | null;
}

export const USAGE = `Usage: npm run lab -- [options]

A computer room inside this machine: masters are captured and hosts with empty disks are imaged, while you watch.

  --hosts N              how many hosts (default: 3; each takes 1 GiB of memory)
  --firmware bios,uefi   their firmware, by turns (default: bios,uefi)
  --rate 100mbit         speed of every network port (default: as fast as it goes)
  --keep                 leave everything running at the end, until Ctrl-C
  --pictures FOLDER      keep pictures of the hosts' screens there
  --help
`;

/** @throws MimeoError `request-invalid` naming what is wrong */
export function parseDemoOptions(argv: readonly string[]): DemoOptions | 'help' {
  const values = read(argv);
  if (values.help === true) return 'help';
  const hosts = Number(values.hosts ?? 3);
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > 50)
    throw wrong(`--hosts ${values.hosts} is no number from 1 to 50.`);
  const firmware = (values.firmware ?? 'bios,uefi').split(',').map((word) => word.trim().toLowerCase());
  const odd = firmware.find((word) => word !== 'bios' && word !== 'uefi');
  if (odd !== undefined) throw wrong(`--firmware ${odd} is neither bios nor uefi.`);
  if (values.rate !== undefined && !/^\d+[kmg]bit$/.test(values.rate))
    throw wrong(`--rate ${values.rate} is no speed like 100mbit.`);
  return {
    hosts,
    firmware: firmware as Firmware[],
    rate: values.rate ?? null,
    keep: values.keep ?? false,
    pictures: values.pictures ?? null,
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        hosts: { type: 'string' },
        firmware: { type: 'string' },
        rate: { type: 'string' },
        keep: { type: 'boolean' },
        pictures: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(message: string): MimeoError {
  return new MimeoError('request-invalid', message, { next: USAGE });
}
