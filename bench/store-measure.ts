/**
 * Run as a process of its own by the benchmark of the store, so that its memory is that of the store: uses the
 * store as a server does and prints one line of JSON for each thing it did.
 */
import { join } from 'node:path';
import process from 'node:process';
import { diffImages } from '../src/image/index.ts';
import { FolderStore, loadSigningKey } from '../src/store/index.ts';
import { imageName, type StorePlan } from './store-plan.ts';

const [folder = '', text = '{}'] = process.argv.slice(2);
const plan: StorePlan = JSON.parse(text);
/** Every chunk counts as old. */
const ANY_AGE = { olderThanMs: -3_600_000 };

/** Kilobytes on Linux. */
function peakMib(): number {
  return process.resourceUsage().maxRSS / 1024;
}

async function measure<T>(what: string, task: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await task();
  const seconds = (performance.now() - begun) / 1000;
  process.stdout.write(`${JSON.stringify({ what, seconds, mib: peakMib() })}\n`);
  return result;
}

const store = new FolderStore({ folder, signingKey: await loadSigningKey(join(folder, 'key.pem')) });
await measure('start', () => store.start());
await measure('list_first', () => store.list());
const listed = await measure('list', () => store.list());
await measure('usage', () => store.usage());
const [first, last] = [1, plan.versionsOfEach];
await measure('diff', async () => {
  const a = await store.readIndex(imageName(0), first);
  const b = await store.readIndex(imageName(0), last);
  return diffImages(a.index, b.index);
});
for (let image = 0; image < plan.images; image++) await store.remove(imageName(image), last);
const dry = await measure('gc_dry_run', () => store.collectGarbage({ ...ANY_AGE, dryRun: true }));
const real = await measure('gc', () => store.collectGarbage(ANY_AGE));
const again = await measure('gc_delete', () => store.collectGarbage(ANY_AGE));
await measure('stop', () => store.stop());
const next = new FolderStore({ folder, signingKey: await loadSigningKey(join(folder, 'key.pem')) });
await measure('start_again', () => next.start());
await measure('list_again', () => next.list());
await next.stop();
const facts = {
  versions: listed.length,
  would_quarantine: dry.quarantined.chunks,
  quarantined: real.quarantined.chunks,
  deleted: again.chunks,
};
process.stdout.write(`${JSON.stringify({ facts })}\n`);
