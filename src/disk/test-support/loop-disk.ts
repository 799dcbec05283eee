import type { TestContext } from 'node:test';
import { run } from '../../command.ts';

/** A file as a real block device that goes with its test; the file must go after it. */
export async function loopDisk(t: TestContext, path: string, sectorBytes = 512): Promise<string> {
  const { stdout } = await run(['losetup', '--find', '--show', '--sector-size', String(sectorBytes), path]);
  const device = stdout.toString().trim();
  t.after(() => run(['losetup', '--detach', device]));
  return device;
}
