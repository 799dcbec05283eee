import { parseArgs } from 'node:util';
import { wholeNumber } from '../options.ts';

export interface EngineBenchOptions {
  /** GiB of files in the volume. */
  readonly gib: number;
  readonly repeat: number;
  readonly json: boolean;
}

export const ENGINE_USAGE = `Usage: npm run bench:engine -- [options]

  --gib N        GiB of files in the NTFS volume (default: 5; the volume is one fifth larger)
  --repeat N     rounds to measure, both sides in each; the medians count (default: 3)
  --json         one JSON object on standard output, nothing else

The volume is made once (some minutes) and kept in build/bench-engine, which may be deleted. It needs about
seven times --gib of free space there.
`;

/** @throws Error naming what is wrong */
export function parseEngineOptions(argv: readonly string[]): EngineBenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      gib: { type: 'string', default: '5' },
      repeat: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    gib: wholeNumber('--gib', values.gib, 1, 64),
    repeat: wholeNumber('--repeat', values.repeat, 1, 100),
    json: values.json,
  };
}
