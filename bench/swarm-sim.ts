/**
 * `node bench/swarm-sim.ts`: the scheduler with whole labs in virtual time. 1.00 is one machine alone at line rate,
 * framing included.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { SimulatedLab } from '../src/swarm/index.ts';
import { rounded, wholeNumber } from './options.ts';
import { type SimulatedCase, simulatedCases } from './swarm-sim-labs.ts';

const USAGE = `Usage: node bench/swarm-sim.ts [options]

  --seeds N      runs of each lab; the slowest host of the slowest run counts (default: 3)
  --only WORDS   labs whose name has these words
  --json         one JSON object on standard output, nothing else
`;

interface Row {
  readonly lab: string;
  /** Slowest host that counts ÷ one machine alone. */
  readonly ratio: number;
  readonly server_copies: number;
  /** Of the scheduler, per chunk that arrived. */
  readonly microseconds: number;
}

function measure({ name, plan, counts, floorMs }: SimulatedCase, seeds: number): Row {
  const chunks = Object.values(plan.images)[0]?.length ?? 1;
  let slowest = 0;
  let serverChunks = 0;
  let microseconds = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const result = new SimulatedLab({ ...plan, seed }).run();
    for (const [host, ms] of result.tookMs.entries()) {
      if (ms !== null && counts(host)) slowest = Math.max(slowest, ms);
    }
    serverChunks += result.serverChunks / seeds;
    microseconds += result.microseconds / seeds;
  }
  return {
    lab: name,
    ratio: rounded(slowest / floorMs),
    server_copies: rounded(serverChunks / chunks),
    microseconds: rounded(microseconds, 1),
  };
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(USAGE);
else {
  const seeds = wholeNumber('--seeds', values.seeds, 1, 1000);
  const rows: Row[] = [];
  for (const one of simulatedCases) {
    if (!one.name.includes(values.only)) continue;
    const row = measure(one, seeds);
    rows.push(row);
    if (!values.json) {
      const figures = `${row.ratio.toFixed(3)}  ${row.server_copies.toFixed(2)} copies  ${row.microseconds} µs`;
      process.stdout.write(`${row.lab.padEnd(66)} ${figures}\n`);
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ seeds, rows })}\n`);
}
