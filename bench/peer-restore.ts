/** Runs wget | zstd | partclone.restore, then flushes the disk, and says how long that took. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const [url = '', device = ''] = process.argv.slice(2);
const begun = performance.now();
const wget = spawn('wget', ['--quiet', '--output-document=-', url], { stdio: ['ignore', 'pipe', 'inherit'] });
const zstd = spawn('zstd', ['--decompress', '--stdout', '--quiet'], {
  stdio: [wget.stdout, 'pipe', 'inherit'],
});
const restore = ['--source', '-', '--output', device, '--logfile', '/dev/null'];
const partclone = spawn('partclone.restore', restore, { stdio: [zstd.stdout, 'ignore', 'pipe'] });
let said = '';
partclone.stderr.on('data', (bytes: Buffer) => {
  said = (said + bytes.toString()).slice(-2000);
});
// Only the children read and write the pipes between them.
wget.stdout.destroy();
zstd.stdout.destroy();

async function demand(name: string, child: ChildProcess): Promise<void> {
  const [status] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  if (status !== 0) throw new Error(`${name} ended with status ${status}: ${said}`);
}

await Promise.all([demand('wget', wget), demand('zstd', zstd), demand('partclone.restore', partclone)]);
await demand('blockdev', spawn('blockdev', ['--flushbufs', device], { stdio: 'inherit' }));
process.stdout.write(`seconds ${((performance.now() - begun) / 1000).toFixed(3)}\n`);
