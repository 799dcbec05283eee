import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';
import { blankDisk, scratch } from '../fit/lab-disk.ts';

/** What a pipeline may hold beyond the runtime and the code, at any size of image. */
const MOST_MIB = 256;

async function memoryOf(t: TestContext, ...args: string[]): Promise<{ startMib: number; peakMib: number }> {
  const program = join(import.meta.dirname, 'pipeline.ts');
  const { stdout } = await run([process.execPath, program, ...args]);
  const found = JSON.parse(stdout.toString()) as { startMib: number; peakMib: number };
  t.diagnostic(
    `${args[0]}: ${found.startMib.toFixed(0)} MiB at the start, ${found.peakMib.toFixed(0)} at most`,
  );
  return found;
}

test('a capture of several GiB keeps to its memory', { skip: labNeeds('sfdisk') }, async (t) => {
  const disk = await blankDisk(join(await scratch(t), 'disk'), 3072);
  // A partition that nobody knows is read whole, and the sink lacks every chunk of it.
  await run(['sfdisk', '--quiet', disk], { input: 'label: dos\nstart=2048, type=83\n' });
  const { startMib, peakMib } = await memoryOf(t, 'capture', disk);
  assert.ok(peakMib - startMib < MOST_MIB, `${peakMib - startMib} MiB`);
});

test('a deploy of several GiB, read back, keeps to its memory', { skip: labNeeds('sfdisk') }, async (t) => {
  const chunks = 2048;
  const disk = await blankDisk(join(await scratch(t), 'disk'), chunks + 2);
  const { startMib, peakMib } = await memoryOf(t, 'deploy', disk, String(chunks));
  assert.ok(peakMib - startMib < MOST_MIB, `${peakMib - startMib} MiB`);
});
