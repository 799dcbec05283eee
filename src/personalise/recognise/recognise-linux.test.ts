import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { machineOfElf, machineOfPe } from './machine-type.ts';
import { assignments } from './recognise-linux.ts';
import { presentName, recogniseVolume } from './recognise-volume.ts';

async function tree(t: TestContext, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'mimeo-recognise-'));
  t.after(() => rm(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

function elf(machine: number, bits: 32 | 64 = 64): Buffer {
  const head = Buffer.alloc(64);
  head.write('\u007fELF', 'latin1');
  head.writeUInt8(bits === 64 ? 2 : 1, 4);
  head.writeUInt8(1, 5);
  head.writeUInt16LE(machine, 18);
  return head;
}

test('Debian with merged /usr and absolute links, used', async (t) => {
  const root = await tree(t, {
    'usr/lib/os-release':
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nHOME_URL="https://www.debian.example/"\n',
    'usr/bin/dash': elf(62),
    'usr/lib/systemd/systemd': 'too short for a program',
    'etc/hostname': '# of the master\nlab-master\n',
    'etc/machine-id': `${'0123456789abcdef'.repeat(2)}\n`,
    'etc/ssh/ssh_host_ed25519_key': 'secret',
  });
  await symlink('../usr/lib/os-release', join(root, 'etc/os-release'));
  await symlink('usr/bin', join(root, 'bin'));
  await symlink('/usr/bin/dash', join(root, 'usr/bin/sh'));
  assert.deepEqual(await recogniseVolume(root), {
    system: 'linux',
    id: 'debian',
    like: [],
    version: '12',
    words: 'Debian GNU/Linux 12 (bookworm)',
    init: 'systemd',
    selinux: 'absent',
    architecture: 'amd64',
    computerName: 'lab-master',
    cloudInit: false,
    sealed: { sealed: false, because: 'it has a machine-id of its own and it has SSH host keys' },
    warnings: [
      'This Linux is not generalised: it has a machine-id of its own and it has SSH host keys. Mimeo makes each host new ones.',
    ],
  });
});

test('a generalised Fedora with SELinux and cloud-init', async (t) => {
  const root = await tree(t, {
    'etc/os-release':
      "NAME='Fedora Linux'\nID=fedora\nVERSION_ID=41\nPRETTY_NAME='Fedora Linux 41'\nID_LIKE=\"rhel centos\"\n",
    'etc/machine-id': 'uninitialized\n',
    'etc/hostname': 'localhost\n',
    'etc/selinux/config': '# SELINUX= can take one of these\nSELINUX=enforcing\nSELINUXTYPE=targeted\n',
    'usr/bin/cloud-init': '#!/usr/bin/python3\n',
    'usr/bin/env': elf(183),
    'usr/lib/systemd/systemd': elf(183),
  });
  const found = await recogniseVolume(root);
  assert.ok(found.system === 'linux');
  assert.deepEqual(
    [
      found.id,
      found.like,
      found.selinux,
      found.cloudInit,
      found.architecture,
      found.computerName,
      found.warnings,
    ],
    ['fedora', ['rhel', 'centos'], 'enforcing', true, 'arm64', null, []],
  );
  assert.equal(found.sealed.sealed, true);
});

test('links lead nowhere outside the volume, and rings end', async (t) => {
  const outside = await tree(t, { 'os-release': 'ID=server\n' });
  const root = await tree(t, { 'etc/hostname': 'pc\n' });
  await symlink(join(outside, 'os-release'), join(root, 'etc/os-release'));
  assert.equal((await recogniseVolume(root)).system, 'none');
  await rm(join(root, 'etc/os-release'));
  await symlink('os-release', join(root, 'etc/os-release'));
  assert.equal((await recogniseVolume(root)).system, 'none');
  await rm(join(root, 'etc/os-release'));
  await symlink('../../../../../etc/release', join(root, 'etc/os-release'));
  await writeFile(join(root, 'etc/release'), 'ID=arch\n');
  const found = await recogniseVolume(root);
  assert.ok(found.system === 'linux');
  assert.deepEqual([found.id, found.init, found.architecture], ['arch', 'unknown', null]);
  assert.equal(await presentName(root), 'pc');
});

test('machines by the heads of their programs', () => {
  assert.deepEqual(
    [3, 40, 62, 183, 243, 8].map((machine) => machineOfElf(elf(machine))),
    ['x86', 'arm', 'amd64', 'arm64', 'riscv64', null],
  );
  assert.equal(machineOfElf(Buffer.from('#!/bin/sh\n')), null);
  assert.equal(machineOfElf(elf(243, 32)), null);
  assert.equal(machineOfPe(Buffer.from('MZ')), null);
  assert.equal(machineOfPe(Buffer.alloc(4096)), null);
  const far = Buffer.alloc(64);
  far.write('MZ');
  far.writeUInt32LE(0xffff_fff0, 0x3c);
  assert.equal(machineOfPe(far), null);
});

test('assignments, quoted or not', () => {
  const found = assignments('# x\nA=1\nB="two \\"2\\""\nC=\'$3\\\'\nD = no\n  E=five  \n');
  assert.deepEqual(
    [...found],
    [
      ['A', '1'],
      ['B', 'two "2"'],
      ['C', '$3\\'],
      ['E', 'five'],
    ],
  );
});
