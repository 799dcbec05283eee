import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../command.ts';
import { hasTool } from '../require-tool.ts';
import type { QemuNode } from './qemu-node.ts';

/** A virtual disk, shown as a plain file until it is disposed. */
export interface FuseView extends AsyncDisposable {
  readonly path: string;
}

/** Whether this machine and this user can show disks that way; otherwise they have to be copied. */
export async function canShowDisks(): Promise<boolean> {
  const mayMount = await access('/dev/fuse', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return mayMount && (await hasTool('qemu-storage-daemon')) && (await hasTool('fusermount3'));
}

/**
 * Shows a disk as a file through qemu-storage-daemon and FUSE; root is not needed. The daemon ends with this
 * process, however that ends.
 *
 * @throws Error with the daemon's words when it does not get that far
 */
export async function fuseView(
  node: QemuNode,
  access: 'read' | 'write',
  signal: AbortSignal,
): Promise<FuseView> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-disk-'));
  const path = join(folder, 'disk');
  await writeFile(path, '');
  // qemu's options have commas of their own, doubled where they are meant.
  const mountpoint = path.replaceAll(',', ',,');
  const daemon = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'TERM', 'qemu-storage-daemon'],
      ...['--blockdev', JSON.stringify({ ...node, 'node-name': 'disk' })],
      ...[
        '--export',
        `type=fuse,id=view,node-name=disk,mountpoint=${mountpoint},writable=${access === 'write' ? 'on' : 'off'}`,
      ],
      // Options are carried out in order: when the monitor greets, the file is there.
      ...['--chardev', 'stdio,id=monitor', '--monitor', 'monitor'],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const close = async (): Promise<void> => {
    await endDaemon(daemon);
    await unmounted(path);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await greeting(daemon, signal);
  } catch (error) {
    await close();
    throw error;
  }
  return { path, [Symbol.asyncDispose]: close };
}

function greeting(daemon: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let words = '';
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    daemon.stderr?.on('data', (bytes: Buffer) => {
      words = (words + bytes.toString()).slice(-2000);
    });
    const settled = (settle: () => void) => (): void => {
      signal.removeEventListener('abort', abort);
      settle();
    };
    daemon.stdout?.once('data', settled(resolve));
    daemon.on('error', (error) => settled(() => reject(error))());
    daemon.on(
      'close',
      settled(() => reject(new Error(words.trim() || 'qemu-storage-daemon ended at once'))),
    );
  });
}

async function endDaemon(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined) return;
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill('SIGTERM');
  await ended;
}

/** A daemon that was killed leaves a mount behind that answers nothing any more. */
async function unmounted(path: string): Promise<void> {
  // The kernel writes blanks and backslashes of a path as octal numbers.
  const written = path.replaceAll(/[\s\\]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
  if (!(await readFile('/proc/mounts', 'utf8')).includes(` ${written} `)) return;
  await run(['fusermount3', '-u', '-z', path]);
}
