/**
 * node setup/run.mjs FILE [ARGUMENTS…]: runs a TypeScript file of the checkout on the pinned Node.
 */
import { join, relative } from 'node:path';
import process from 'node:process';
import { buildBootEnvironment, LAB_PLACES } from './boot-environment.mjs';
import { runInPlace } from './child.mjs';
import { PURPOSES, prepare } from './prepare.mjs';
import { projectFolder } from './project.mjs';
import { launch, SetupError } from './say.mjs';

await launch(async () => {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) throw new SetupError('which file? node setup/run.mjs FILE [ARGUMENTS…]');
  const inLab = /^(lab|bench)\//.test(file);
  const node = await prepare(inLab ? PURPOSES : ['server']);
  const interrupted = inLab ? await buildBootEnvironment(node, LAB_PLACES) : 0;
  if (interrupted !== 0) return interrupted;
  const path = relative(process.cwd(), join(projectFolder, file));
  return await runInPlace([node, path.startsWith('.') ? path : `./${path}`, ...args]);
});
