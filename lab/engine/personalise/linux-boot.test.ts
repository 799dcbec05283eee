import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { LINUX_MASTER_TOOLS, linuxMasters } from '../../linux-master/index.ts';
import { labNeeds, QEMU } from '../../needs.ts';
import { Holdings } from '../../network/index.ts';
import { asDisk, deployOnce } from '../fit/agent-host.ts';
import { captureInto, imagesIn } from '../fit/image-store.ts';
import { blankDisk, MIB, scratch } from '../fit/lab-disk.ts';
import { bootFromDisk, DOOR } from './boot-from-disk.ts';
import { hostSettings, PASSWORD_HASH, personaliseDisk, withRoot } from './linux-disk.ts';
import { ReportDesk } from './report-desk.ts';

/** A host's disk, larger than the master's. */
const HOST_MIB = 1100;
const needs = labNeeds(...LINUX_MASTER_TOOLS, QEMU, 'losetup');

test('a real Linux is captured, deployed by an agent, and starts as the host it was made: name, id, keys, account, reports', {
  skip: needs,
  timeout: 900_000,
}, async (t) => {
  const masters = await linuxMasters();
  if (masters === null) return t.skip('apt knows no mirror of Debian here');
  const { bios } = masters;
  const folder = await scratch(t);
  const disk = join(folder, 'disk');
  await deploy(bios.disk, disk, folder);
  await using desk = await ReportDesk.open();
  const holdings = new Holdings();
  t.after(() => holdings.close());
  const settings = hostSettings({
    url: `http://${DOOR}/first-boot/v1`,
    passwordHash: PASSWORD_HASH,
    sshKeys: [],
    language: null,
    commands: [
      'hostname; cat /etc/machine-id; cat /etc/ssh/ssh_host_ed25519_key.pub',
      'systemctl is-active ssh.service; readlink /etc/localtime; passwd --status teacher',
    ],
  });
  const masterKey = await withRoot(disk, 'ro', (root) =>
    readFile(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8'),
  );
  const masterId = await withRoot(disk, 'ro', (root) => readFile(join(root, 'etc/machine-id'), 'utf8'));
  await personaliseDisk(disk, settings);

  const { guest, shutDown } = await bootFromDisk(disk, desk.port, { folder, holdings });
  await guest.said.waitFor(/R101-PC05 login:/, 400_000, 0);
  await desk.until(({ step, state }) => step === 5 && state === 'finished');
  await guest.said.waitFor(/the first boot of this host is done/, 60_000, 0);
  assert.deepEqual(desk.words, [
    ...[
      '1 started',
      '1 finished',
      '2 started',
      '2 finished',
      '3 started',
      '3 finished',
      '4 started',
      '4 finished',
    ],
    '5 finished',
  ]);
  const said = (step: number): string[] =>
    (desk.told.find((one) => one.step === step && one.state === 'finished')?.logTail ?? '').split('\n');
  const [name, id, key] = said(3);
  assert.equal(name, 'R101-PC05');
  assert.match(id ?? '', /^[0-9a-f]{32}$/);
  assert.notEqual(id, masterId.trim());
  assert.match(key ?? '', /^ssh-ed25519 /);
  assert.notEqual(key?.split(' ')[1], masterKey.split(' ')[1]);
  const [ssh, zone, password] = said(4);
  assert.deepEqual([ssh, zone], ['active', '/usr/share/zoneinfo/Europe/Berlin']);
  assert.match(password ?? '', /^teacher P /);

  await shutDown();
  await withRoot(disk, 'ro', async (root) => {
    assert.equal((await readFile(join(root, 'etc/machine-id'), 'utf8')).trim(), id);
    assert.deepEqual(
      (await readdir(join(root, 'etc'))).filter((one) => one.includes('mimeo')),
      [],
    );
    assert.equal((await stat(join(root, 'var/log/mimeo-first-boot.log'))).mode & 0o777, 0o600);
    const { stdout } = await run(
      ['grep', '-rlE', 'TOKEN-OF-THIS-TASK', join(root, 'etc'), join(root, 'var')],
      {
        allowStatus: [0, 1],
      },
    );
    assert.equal(stdout.toString(), '');
  });
});

/** The image of a master's disk on a host's, by the agent's own way. */
async function deploy(master: string, disk: string, folder: string): Promise<void> {
  const images = imagesIn(folder);
  await captureInto(images, 'debian', [master]);
  await blankDisk(disk, HOST_MIB);
  const disks = [asDisk(disk, HOST_MIB * MIB)];
  const { end, log } = await deployOnce({ images, image: 'debian', disks });
  assert.equal(end?.kind, 'finished', log.join('\n'));
}
