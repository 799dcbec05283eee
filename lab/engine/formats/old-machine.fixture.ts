/**
 * Run under `unshare --mount`: `node old-machine.fixture.ts FOLDER DISK PARTITION COMMAND…` runs a command on a machine
 * whose only disk is /dev/sda, with a first partition /dev/sda1. partimage saves the boot sectors of the disks it
 * finds in /proc/partitions, and loop devices are none to it.
 */
import assert from 'node:assert/strict';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../src/command.ts';

const [folder, disk, partition, ...command] = process.argv.slice(2);
assert.ok(folder !== undefined && disk !== undefined && partition !== undefined && command.length > 0);

await mkdir(folder);
await run(['mount', '--make-rprivate', '/']);
await run(['mount', '-t', 'tmpfs', 'none', folder]);
const table = ['major minor  #blocks  name', ''];
for (const [name, device] of [
  ['sda', disk],
  ['sda1', partition],
] as const) {
  const { rdev } = await stat(device);
  const [major, minor] = [rdev >> 8, rdev & 0xff];
  const { stdout } = await run(['blockdev', '--getsize64', device]);
  table.push(`${String(major).padStart(4)} ${String(minor).padStart(8)} ${Number(stdout) / 1024} ${name}`);
  await run(['mknod', join(folder, name), 'b', String(major), String(minor)]);
}
await writeFile(join(folder, 'partitions'), `${table.join('\n')}\n`);
await run(['mknod', '-m', '666', join(folder, 'null'), 'c', '1', '3']);
await symlink('/proc/self/fd', join(folder, 'fd'));
await run(['mount', '--bind', join(folder, 'partitions'), '/proc/partitions']);
await run(['mount', '--move', folder, '/dev']);
await run(command);
