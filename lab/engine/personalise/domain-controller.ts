import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { type CommandResult, run } from '../../../src/command.ts';

export const REALM = 'SCHOOL.EXAMPLE';
export const DOMAIN = 'school.example';
export const BASE = 'DC=school,DC=example';
const ADMINISTRATOR = 'Administrator@SCHOOL.EXAMPLE%Adm1n-Pass.word';
const START_MS = 40_000;

/** Programs that {@link startDomainController} needs. */
export const DOMAIN_TOOLS = [
  'samba',
  'samba-tool',
  'net',
  'winbindd',
  'unshare',
  'nsenter',
  'ip',
  'ss',
] as const;

/**
 * A real Samba domain controller in namespaces of its own: nothing of it is seen on the machine's network, and all of
 * it ends with one process.
 */
export interface DomainController extends AsyncDisposable {
  /** Holds a program `net` that runs Samba's own beside the controller: to be put first on the PATH. */
  readonly programs: string;
  readonly folder: string;
  /** Runs Samba's `net` beside the controller. */
  net(argv: readonly string[], allowStatus?: readonly number[]): Promise<CommandResult>;
  /** `samba-tool` on the controller's own database. */
  tool(...argv: string[]): Promise<CommandResult>;
}

type Beside = (argv: readonly string[], allowStatus?: readonly number[]) => Promise<CommandResult>;

export async function startDomainController(): Promise<DomainController> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-domain-'));
  let samba: ChildProcess | null = null;
  let inside: number | null = null;
  const stop = async (): Promise<void> => {
    if (samba !== null) await killed(samba, inside);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await provision(folder);
    samba = spawnController(folder);
    inside = await firstChild(samba);
    const enter = ['nsenter', '--target', String(inside), '--net', '--mount', '--uts'];
    const programs = join(folder, 'bin');
    await mkdir(programs);
    const net = (await run(['which', 'net'])).stdout.toString().trim();
    await writeFile(join(programs, 'net'), `#!/bin/sh\nexec ${enter.join(' ')} ${net} "$@"\n`);
    await chmod(join(programs, 'net'), 0o755);
    const beside: Beside = (argv, allowStatus = [0]) =>
      run([...enter, ...argv], { allowStatus, env: { LC_ALL: 'C' } });
    const controller: DomainController = {
      folder,
      programs,
      net: (argv, allowStatus) => beside([net, ...argv], allowStatus),
      tool: (...argv) => {
        const database = ['-H', join(folder, 'dc', 'private', 'sam.ldb'), '-s', configuration(folder)];
        return beside(['samba-tool', ...argv, ...database]);
      },
      [Symbol.asyncDispose]: stop,
    };
    await answers(beside, samba);
    await beside([
      ...['samba-tool', 'dns', 'add', '127.0.0.1', DOMAIN, 'dc1', 'A', '127.0.0.1'],
      ...['-U', ADMINISTRATOR, '-s', configuration(folder)],
    ]);
    return controller;
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(folder: string): string {
  return join(folder, 'dc', 'etc', 'smb.conf');
}

async function provision(folder: string): Promise<void> {
  await run([
    ...['unshare', '--net', 'samba-tool', 'domain', 'provision', `--realm=${REALM}`, '--domain=SCHOOL'],
    ...['--server-role=dc', '--dns-backend=SAMBA_INTERNAL', '--adminpass=Adm1n-Pass.word', '--host-name=dc1'],
    ...['--host-ip=127.0.0.1', `--targetdir=${join(folder, 'dc')}`, '--option=interfaces=lo'],
    ...['--option=bind interfaces only=yes', '--option=vfs objects='],
  ]);
  await writeFile(join(folder, 'resolv.conf'), `nameserver 127.0.0.1\nsearch ${DOMAIN}\n`);
  await writeFile(join(folder, 'hosts'), `127.0.0.1 localhost\n127.0.0.1 dc1.${DOMAIN} dc1\n`);
  await writeFile(
    join(folder, 'start'),
    [
      'set -e',
      'ip link set lo up',
      'hostname dc1',
      `mount --bind ${join(folder, 'resolv.conf')} /etc/resolv.conf`,
      `mount --bind ${join(folder, 'hosts')} /etc/hosts`,
      `exec samba -s ${configuration(folder)} -i --no-process-group -l ${folder}`,
      '',
    ].join('\n'),
  );
}

/** With a process namespace: when its first process is killed, the kernel ends all the others. */
function spawnController(folder: string): ChildProcess {
  const namespaces = ['--net', '--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return spawn('unshare', [...namespaces, 'sh', join(folder, 'start')], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

async function firstChild(parent: ChildProcess): Promise<number> {
  return until(async () => {
    const text = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').catch(() => '');
    const child = Number(text.trim().split(' ')[0]);
    return child > 0 ? child : null;
  }, 'no process in the new namespaces');
}

/** LDAP, Kerberos, RPC and DNS, all of which a join needs. */
async function answers(beside: Beside, samba: ChildProcess): Promise<void> {
  await until(async () => {
    if (samba.exitCode !== null) throw new Error(`samba ended with status ${samba.exitCode}`);
    const { stdout } = await beside(['ss', '-Hlntu'], [0, 1]);
    const text = stdout.toString();
    return [53, 88, 389, 445, 135].every((port) => text.includes(`127.0.0.1:${port} `)) || null;
  }, 'samba does not listen');
}

async function until<T>(look: () => Promise<T | null>, otherwise: string): Promise<T> {
  const end = systemClock.monotonic() + START_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (systemClock.monotonic() > end) throw new Error(otherwise);
    await systemClock.delay(50);
  }
}

/** The first process in the namespace is gone only when all the others are, and they write no more. */
async function killed(child: ChildProcess, inside: number | null): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (inside === null) child.kill('SIGKILL');
  else process.kill(inside, 'SIGKILL');
  await ended;
}
