/**
 * Stands in for the agent in the tests of the boot environment: looks at the system it finds itself in,
 * tries the tools on small filesystems, tells the server and switches off. Words on the kernel's command
 * line steer it: `probe.crash` makes it end with an error.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { ProbeReport } from './probe-report.ts';

const commandLine = readFileSync('/proc/cmdline', 'utf8');
if (commandLine.includes('probe.crash')) throw new Error('the probe was told to crash');

function memory(): ProbeReport['memory'] {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const value = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1]);
  return { totalKiB: value('MemTotal'), availableKiB: value('MemAvailable') };
}

function call(...argv: string[]): SpawnSyncReturns<string> {
  const [program = '', ...args] = argv;
  return spawnSync(program, args, { encoding: 'utf8' });
}

/** Those of the tools that cannot be started: absent, or a library of theirs is. */
async function unusableTools(): Promise<string[]> {
  const answer = await fetch(`${process.env['MIMEO_SERVER']}/tools`);
  const paths = (await answer.json()) as string[];
  return paths.filter(
    (path) => !existsSync(`/${path}`) || /loading shared lib|not found/.test(started(path)),
  );
}

function started(path: string): string {
  // Only commands that do nothing without arguments are run; the others are asked to list their libraries.
  const { stderr, stdout, error } = call('/lib64/ld-linux-x86-64.so.2', '--list', `/${path}`);
  return `${error ?? ''}${stdout}${stderr}`;
}

/** What goes wrong when a small filesystem of each kind is made, mounted, filled, read and checked. */
function filesystemFaults(): string[] {
  const faults: string[] = [];
  const must = (...argv: string[]): void => {
    const { status, stderr, stdout, error } = call(...argv);
    if (status !== 0) faults.push(`${argv.join(' ')}: ${error ?? ''}${stderr}${stdout}`.slice(0, 400));
  };
  const kinds = [
    { type: 'ntfs-3g', make: ['mkntfs', '-q', '-F', '-Q'], check: ['ntfsfix', '-n'] },
    {
      type: 'ext4',
      make: ['mke2fs', '-q', '-F', '-t', 'ext4'],
      check: ['e2fsck', '-fn'],
    },
    { type: 'vfat', make: ['mkfs.fat'], check: ['fsck.fat', '-n'] },
  ];
  mkdirSync('/mnt/probe');
  for (const { type, make, check } of kinds) {
    const image = `/tmp/${type}.img`;
    writeFileSync(image, '');
    truncateSync(image, 24 * 2 ** 20);
    must(...make, image);
    const device = call('losetup', '--find', '--show', image).stdout.trim();
    must('mount', '-t', type, device, '/mnt/probe');
    const mounts = readFileSync('/proc/mounts', 'utf8');
    if (!mounts.includes(' /mnt/probe ')) faults.push(`${type} is not mounted`);
    writeFileSync('/mnt/probe/Ünïcode name.txt', type);
    must('umount', '/mnt/probe');
    must('mount', '-t', type, '-o', 'ro', device, '/mnt/probe');
    if (readFileSync('/mnt/probe/Ünïcode name.txt', 'utf8') !== type) faults.push(`${type} lost a file`);
    must('umount', '/mnt/probe');
    must(...check, device);
    must('losetup', '-d', device);
  }
  return faults;
}

const before = process.uptime();
const faults = filesystemFaults();
const nic = process.env['MIMEO_NIC'] ?? '';
const report: ProbeReport = {
  node: process.version,
  environment: Object.fromEntries(Object.entries(process.env).filter(([key]) => key.startsWith('MIMEO_'))),
  addresses: (networkInterfaces()[nic] ?? []).map((one) => one.address),
  mac: readFileSync(`/sys/class/net/${nic}/address`, 'utf8').trim(),
  clock: new Date().toISOString(),
  memory: memory(),
  unusableTools: await unusableTools(),
  faults,
  disks: JSON.parse(call('lsblk', '-J', '-d', '-b', '-o', 'NAME,SIZE,TYPE,SERIAL').stdout).blockdevices,
  extraLayer: existsSync('/run/mimeo/extra/usr/lib/modules'),
  modules: readFileSync('/proc/modules', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? ''),
  initLog: readFileSync('/run/mimeo/init.log', 'utf8'),
  uptime: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]),
  probeSeconds: process.uptime() - before,
};
await fetch(`${process.env['MIMEO_SERVER']}/probe`, { method: 'POST', body: JSON.stringify(report) });
call('poweroff', '-f');
