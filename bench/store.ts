/**
 * `npm run bench:store`: a store of a thousand image versions and two million chunks, made of real files; how long
 * the store takes to list, to compare and to collect garbage, and with how much memory.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { run } from '../src/command.ts';
import { exportSigningKey } from '../src/image/index.ts';
import { FolderStore, loadSigningKey } from '../src/store/index.ts';
import { rounded, wholeNumber } from './options.ts';
import { BUILDERS, chunksInAll, planOf, type StorePlan } from './store-plan.ts';

const USAGE = `Usage: npm run bench:store -- [options]

  --versions N    image versions in the store (default: 1000)
  --chunks N      chunks in the store (default: 2000000)
  --folder PATH   where the store is made, and removed at the end (default: a folder in ${tmpdir()})
  --json          one JSON object on standard output, nothing else
`;

interface Step {
  readonly what: string;
  readonly seconds: number;
  readonly mib: number;
}

async function build(folder: string, plan: StorePlan): Promise<void> {
  const signingKey = await loadSigningKey(join(folder, 'key.pem'));
  const store = new FolderStore({ folder, signingKey });
  await store.start();
  await store.stop();
  const pem = Buffer.from(exportSigningKey(signingKey)).toString('base64');
  const program = join(import.meta.dirname, 'store-build.ts');
  const shares = Array.from({ length: BUILDERS }, (_, i) => i);
  await Promise.all(
    shares.map((share) => run([process.execPath, program, folder, `${share}`, pem, JSON.stringify(plan)])),
  );
}

async function measured(folder: string, plan: StorePlan): Promise<{ steps: Step[]; facts: object }> {
  const program = join(import.meta.dirname, 'store-measure.ts');
  const { stdout } = await run([process.execPath, program, folder, JSON.stringify(plan)]);
  const lines = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { facts } = lines.pop();
  return { steps: lines, facts };
}

function report(plan: StorePlan, buildSeconds: number, steps: readonly Step[], facts: object): object {
  const times = steps.map(({ what, seconds }) => [`${what}_s`, rounded(seconds)]);
  const rss = Math.max(...steps.map(({ mib }) => mib));
  const memory = steps.map(({ what, mib }) => [what, rounded(mib, 0)]);
  return {
    bench: 'store',
    chunks: chunksInAll(plan),
    ...facts,
    chunks_of_version: plan.chunksOfVersion,
    new_in_version: plan.newInVersion,
    build_s: rounded(buildSeconds, 1),
    ...Object.fromEntries(times),
    rss_mib: rounded(rss, 0),
    peak_mib_after: Object.fromEntries(memory),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      versions: { type: 'string', default: '1000' },
      chunks: { type: 'string', default: '2000000' },
      folder: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const plan = planOf(
    wholeNumber('--versions', values.versions, 2, 100_000),
    wholeNumber('--chunks', values.chunks, 1000, 20_000_000),
  );
  const parent = values.folder ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'mimeo-bench-store-'));
  const say = (words: string): void => void process.stderr.write(`${words}\n`);
  try {
    say(`making ${chunksInAll(plan)} chunk files in ${folder}`);
    const begun = performance.now();
    await build(folder, plan);
    const buildSeconds = (performance.now() - begun) / 1000;
    say(`made in ${buildSeconds.toFixed(0)} s; measuring`);
    const { steps, facts } = await measured(folder, plan);
    const found = report(plan, buildSeconds, steps, facts);
    process.stdout.write(`${JSON.stringify(found, null, values.json ? undefined : 2)}\n`);
  } finally {
    say('removing it');
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
