import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleAgent } from '../../../src/bootenv/index.ts';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';
import { blankDisk, scratch } from '../fit/lab-disk.ts';

test('the threads of a pipeline start also where all code is one file, as in the boot environment', {
  skip: labNeeds('sfdisk'),
}, async (t) => {
  const folder = await scratch(t);
  const { code } = await bundleAgent(join(import.meta.dirname, 'pipeline.ts'));
  const bundle = join(folder, 'agent.mjs');
  await writeFile(bundle, code);
  const disk = await blankDisk(join(folder, 'disk'), 66);
  const { stdout } = await run([process.execPath, bundle, 'deploy', disk, '64'], { cwd: folder });
  assert.match(stdout.toString(), /"peakMib"/);
});
