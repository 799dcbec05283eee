/** `npm run torture`: the long runs. Each prints its counts; the last line sums them up. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { labNeeds } from '../needs.ts';
import { tortureAlteredChunk } from './altered-chunk.ts';
import { tortureDeploy } from './deploy-kills.ts';
import { tortureFullDisk } from './full-disk.ts';
import { tortureNetboot } from './netboot.ts';
import { tortureManifests } from './odd-manifests.ts';
import { tortureServer } from './server-kills.ts';
import { tortureSoak } from './soak.ts';
import { tortureStore } from './store-kills.ts';
import type { TortureResult } from './tally.ts';

interface Torture {
  readonly name: string;
  readonly what: string;
  readonly run: (quick: boolean) => Promise<TortureResult>;
}

const TORTURES: readonly Torture[] = [
  {
    name: 'netboot',
    what: 'random DHCP and TFTP packets against the live sockets',
    run: (quick) => tortureNetboot({ packets: quick ? 50_000 : 1_000_000 }),
  },
  {
    name: 'store',
    what: 'SIGKILL, power cuts and failing disks while images are captured, imported, renamed, deleted and collected',
    run: (quick) =>
      tortureStore(
        quick
          ? { kills: 20, random: 1, stride: 5, disks: 3, calls: 5, imports: 6 }
          : { kills: 500, random: 4, stride: 1, disks: 25, calls: 60, imports: 40 },
      ),
  },
  {
    name: 'deploy',
    what: 'power cuts at random instants of deployments',
    run: (quick) => tortureDeploy({ kills: quick ? 8 : 100 }),
  },
  {
    name: 'server',
    what: 'SIGKILL of the server during deployments and captures',
    run: (quick) => tortureServer({ kills: quick ? 4 : 60 }),
  },
  {
    name: 'soak',
    what: 'one deployment after the other; the server’s memory',
    run: (quick) => tortureSoak({ deployments: quick ? 24 : 300 }),
  },
  { name: 'full-disk', what: 'a capture that the data disk has no room for', run: () => tortureFullDisk() },
  { name: 'altered-chunk', what: 'bits that rot in the store', run: () => tortureAlteredChunk() },
  { name: 'manifests', what: '10,000 lines, and a JPEG', run: () => tortureManifests() },
];

const USAGE = `Usage: npm run torture -- [--only NAME,NAME] [--quick]

${TORTURES.map(({ name, what }) => `  ${name.padEnd(14)} ${what}`).join('\n')}

  --only    only these; --quick: a few of each, in some minutes
`;

/** @throws Error naming what is not known */
function chosen(only: string | undefined): readonly Torture[] {
  if (only === undefined) return TORTURES;
  return only.split(',').map((name) => {
    const found = TORTURES.find((torture) => torture.name === name);
    if (found === undefined) throw new Error(`there is no torture ${name}\n\n${USAGE}`);
    return found;
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const need = labNeeds('ip', 'dnsmasq', 'unshare', 'sfdisk', 'mkfs.ext4', 'mkfs.xfs', 'fiu-run', 'cmp');
  if (need !== false) throw new Error(need);
  let passed = 0;
  let failed = 0;
  for (const { name, what, run } of chosen(values.only)) {
    process.stdout.write(`── ${name}: ${what}\n`);
    const begun = performance.now();
    const result = await run(values.quick).catch(
      (error: Error): TortureResult => ({ passed: 0, failed: 1, words: `${name}: ${error.stack}` }),
    );
    passed += result.passed;
    failed += result.failed;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    process.stdout.write(
      `${result.words}\n   ${result.passed} passed, ${result.failed} failed (${seconds} s)\n`,
    );
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exit(await main());
