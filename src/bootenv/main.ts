import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toMimeoError } from '../errors.ts';
import { buildBootEnvironment } from './build.ts';

const project = resolve(import.meta.dirname, '../..');

const DOWNLOAD_LINE_MS = 5000;

/** Builds the boot environment from the command line: `node src/bootenv/main.ts [--folder …] [--cache …]`. */
async function main(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string', default: join(project, 'build/bootenv') },
      cache: { type: 'string', default: join(project, 'build/bootenv-cache') },
      agent: { type: 'string', default: join(project, 'src/agent/main.ts') },
      mirror: { type: 'string' },
    },
  });
  const start = performance.now();
  let downloadToldAt = Number.NEGATIVE_INFINITY;
  const environment = await buildBootEnvironment({
    folder: resolve(values.folder),
    cache: resolve(values.cache),
    agentEntry: resolve(values.agent),
    ...(values.mirror === undefined ? {} : { mirror: values.mirror }),
    onProgress: ({ step, text }) => {
      // A hundred packages come within seconds; a line for each would push everything else off the screen.
      if (step === 'download' && performance.now() - downloadToldAt < DOWNLOAD_LINE_MS) return;
      if (step === 'download') downloadToldAt = performance.now();
      console.log(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${step}: ${text}`);
    },
    signal,
  });
  for (const [name, { size }] of Object.entries(environment.files))
    console.log(`${String(size).padStart(10)}  ${name}`);
  const boot = environment.files.vmlinuz.size + environment.files['initrd.img'].size;
  console.log(
    `${String(boot).padStart(10)}  bytes a host loads to boot (${(boot / 2 ** 20).toFixed(1)} MiB)`,
  );
}

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
try {
  await main(stop.signal);
} catch (thrown) {
  if (stop.signal.aborted) {
    console.error('Stopped; the next build goes on with the packages that are here.');
    process.exitCode = 130;
  } else {
    const error = toMimeoError(thrown);
    console.error(`${error.message}\n${error.next}`);
    process.exitCode = 1;
  }
}
