import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/command.ts';
import type { Job, Outcome } from './side.ts';

/** Runs a job in a fresh process, nothing of any disk or file in memory. */
export async function measure(job: Job): Promise<Outcome> {
  await run(['sync']);
  writeFileSync('/proc/sys/vm/drop_caches', '3');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'side.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  child.stdin.end(JSON.stringify(job));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${job.kind} ended with status ${status}`);
  return JSON.parse(said) as Outcome;
}
