import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { apply } from '../../../src/personalise/index.ts';
import { LINUX_MASTER_TOOLS, linuxMasters } from '../../linux-master/index.ts';
import { labNeeds } from '../../needs.ts';
import { scratch } from '../fit/lab-disk.ts';
import { copyOf, hostSettings, PASSWORD_HASH, personaliseDisk, planFor, withRoot } from './linux-disk.ts';
import { ReportDesk } from './report-desk.ts';

const needs = labNeeds(...LINUX_MASTER_TOOLS, 'losetup', 'unshare');
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL3xW6l1c9zZt1xJb0R9H0b7rC3T2y0dYpYkq2l9d0aX it\'s a "key"';
const STEPS = [
  '1 started',
  '1 finished',
  '2 started',
  '2 finished',
  '3 started',
  '3 finished',
  '4 started',
  '4 finished',
  '5 started',
  '5 failed',
  '6 finished',
];

test('a real Debian on ext4 becomes a host, and does its first boot in spite of a kill', {
  skip: needs,
  timeout: 900_000,
}, async (t) => {
  const masters = await linuxMasters();
  if (masters === null) return t.skip('apt knows no mirror of Debian here');
  const { bios } = masters;
  await using desk = await ReportDesk.open();
  const disk = join(await scratch(t), 'disk');
  await copyOf(bios, disk);
  const settings = hostSettings({
    url: `http://127.0.0.1:${desk.port}/first-boot/v1`,
    passwordHash: PASSWORD_HASH,
    sshKeys: [KEY],
    language: 'de-DE',
    commands: ['[ -e /root/go ] || sleep 600\necho "Grüße von $(hostname)"', 'echo "no \\"way\\""; exit 9'],
  });
  const before = await withRoot(disk, 'ro', sshKeysOf);
  assert.ok(before.size >= 3);
  const plan = await personaliseDisk(disk, settings);
  assert.deepEqual(plan.warnings, []);

  await withRoot(disk, 'rw', async (root) => {
    const again = await planFor(root, settings);
    assert.deepEqual((await apply(root, again.edits, { mindCase: true })).changed, []);
    assert.equal(await readFile(join(root, 'etc/machine-id'), 'utf8'), '');
    assert.equal(await readlink(join(root, 'var/lib/dbus/machine-id')), '/etc/machine-id');
    assert.equal(await readlink(join(root, 'etc/localtime')), '/usr/share/zoneinfo/Europe/Berlin');
    assert.deepEqual([...(await sshKeysOf(root))], []);
    const { mode } = await lstat(join(root, 'etc/mimeo-first-boot/settings'));
    assert.equal(mode & 0o777, 0o600);

    const host = new Chroot(root);
    assert.equal(
      await host.say('hostname -F /etc/hostname; hostname; hostname -f'),
      'R101-PC05\nR101-PC05\n',
    );
    const units = ['mimeo-identity.service', 'mimeo-first-boot.service'];
    assert.equal(
      await host.say(
        `systemd-analyze verify --man=no ${units.map((one) => `/etc/systemd/system/${one}`).join(' ')} 2>&1`,
      ),
      '',
    );

    assert.equal(await host.run('before-logins'), 0);
    await host.say('mkdir -p /run/sshd; sshd -t');
    const after = await sshKeysOf(root);
    assert.deepEqual([...after.keys()], [...before.keys()]);
    for (const [name, key] of after) assert.notEqual(key, before.get(name), name);
    assert.match(await host.say('id teacher'), /\(sudo\)/);
    const shadow = await readFile(join(root, 'etc/shadow'), 'utf8');
    assert.ok(
      shadow.includes(`
teacher:${PASSWORD_HASH}:`),
    );
    assert.equal(await host.say('su teacher -c "cat ~/.ssh/authorized_keys"'), `${KEY}\n`);
    assert.deepEqual(desk.words, []);

    const life = host.begin('with-network');
    await desk.until(({ step, state }) => step === 4 && state === 'started');
    await host.cut(life);
    await host.say('touch /root/go');
    assert.equal(await host.run('with-network'), 0);
    assert.deepEqual(desk.words, STEPS.toSpliced(7, 0, '4 started'));
    assert.deepEqual([...desk.headers], ['POST /first-boot/v1/steps Bearer TOKEN-OF-THIS-TASK']);
    const greeting = desk.told.find(({ step, state }) => step === 4 && state === 'finished');
    assert.deepEqual([greeting?.attempt, greeting?.logTail], [2, 'Grüße von R101-PC05\n']);
    const failed = desk.told.find(({ step, state }) => step === 5 && state === 'failed');
    assert.deepEqual([failed?.exitCode, failed?.logTail], [9, 'no "way"\n']);
    assert.match(await host.say('LANG=de_DE.UTF-8 locale -k d_t_fmt 2>&1; locale -a'), /de_DE\.utf8/);
    await assert.rejects(lstat(join(root, 'etc/mimeo-first-boot')), { code: 'ENOENT' });
    assert.deepEqual(
      (await readdir(join(root, 'etc/systemd/system'))).filter((name) => name.includes('mimeo')),
      [],
    );
    const wants = await readdir(join(root, 'etc/systemd/system/multi-user.target.wants'));
    assert.deepEqual(
      wants.filter((name) => name.includes('mimeo')),
      [],
    );
  });
});

async function sshKeysOf(root: string): Promise<Map<string, string>> {
  const folder = join(root, 'etc/ssh');
  const names = (await readdir(folder)).filter((name) => name.startsWith('ssh_host_')).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

/** The tree as a system of its own: its own host name and processes, which all end when they are cut. */
class Chroot {
  readonly #argv: readonly string[];

  constructor(root: string) {
    const apart = [
      'unshare',
      '--mount',
      '--uts',
      '--pid',
      '--fork',
      '--kill-child',
      `--mount-proc=${join(root, 'proc')}`,
    ];
    this.#argv = [...apart, 'chroot', root, '/bin/sh', '-c'];
  }

  async say(script: string): Promise<string> {
    const { stdout } = await run([...this.#argv, `hostname -F /etc/hostname; ${script}`]);
    return stdout.toString();
  }

  async run(phase: string): Promise<number | null> {
    const [code] = (await once(this.begin(phase), 'close')) as [number | null];
    return code;
  }

  begin(phase: string): ReturnType<typeof spawn> {
    const [program = '', ...args] = this.#argv;
    const script = `hostname -F /etc/hostname; exec /bin/sh /etc/mimeo-first-boot/run ${phase}`;
    return spawn(program, [...args, script], { stdio: 'inherit' });
  }

  /** As a power cut: the first process of the namespace goes, and the kernel ends all others. */
  async cut(child: ReturnType<typeof spawn>): Promise<void> {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
}
