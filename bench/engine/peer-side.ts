import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

export const CLONE = 'partclone.ntfs -c -a0 | zstd -3 -T2';
export const RESTORE = 'zstd -dc | partclone.restore';

/** What people image a volume with today: its used blocks in one stream, without checksums. */
export async function clone(job: { device: string; image: string }): Promise<Record<string, number>> {
  const output = openSync(job.image, 'w');
  const options = ['-c', '-a0', '-s', job.device, '-o', '-', '-L', '/dev/null'];
  const partclone = spawn('partclone.ntfs', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const zstd = spawn('zstd', ['-3', '-T2', '--quiet', '--stdout'], {
    stdio: [partclone.stdout, output, 'pipe'],
  });
  // Only the programs hold the pipe between them.
  partclone.stdout.destroy();
  await Promise.all([ended('partclone.ntfs', partclone), ended('zstd', zstd)]);
  closeSync(output);
  return {};
}

export async function restore(job: { device: string; image: string }): Promise<Record<string, number>> {
  const zstd = spawn('zstd', ['-dc', '--quiet', job.image], { stdio: ['ignore', 'pipe', 'pipe'] });
  const options = ['-s', '-', '-o', job.device, '-L', '/dev/null'];
  const partclone = spawn('partclone.restore', options, { stdio: [zstd.stdout, 'ignore', 'pipe'] });
  zstd.stdout.destroy();
  await Promise.all([ended('zstd', zstd), ended('partclone.restore', partclone)]);
  return {};
}

async function ended(name: string, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-2000);
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${name} ended with status ${status}: ${said}`);
}
