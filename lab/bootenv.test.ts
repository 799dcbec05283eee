import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { type BootEnvironment, buildBootEnvironment } from '../src/bootenv/index.ts';
import { bootDirectly } from './bootenv/direct-boot.ts';
import { labNeeds, QEMU } from './needs.ts';

const project = resolve(import.meta.dirname, '..');
const skip = labNeeds(QEMU, 'apt-get');

/** Kernel and initramfs together, with the probe in the agent's place. */
const SIZE_BAR = 72 * 2 ** 20;
const BOOT_TIMEOUT = 240_000;

let folder = '';
let environment: BootEnvironment;

before(
  async () => {
    if (skip) return;
    folder = await mkdtemp(join(tmpdir(), 'mimeo-bootenv-'));
    environment = await buildBootEnvironment({
      folder: join(folder, 'bootenv'),
      cache: join(project, 'build/bootenv-cache'),
      agentEntry: join(import.meta.dirname, 'bootenv/probe-agent.ts'),
      onProgress: () => undefined,
    });
  },
  { timeout: 600_000 },
);

after(() => rm(folder, { recursive: true, force: true }));

test('kernel and initramfs stay below 72 MiB', { skip }, (t) => {
  const bytes = environment.files.vmlinuz.size + environment.files['initrd.img'].size;
  t.diagnostic(`${bytes} bytes (${(bytes / 2 ** 20).toFixed(1)} MiB) of ${SIZE_BAR}`);
  assert.ok(bytes <= SIZE_BAR, String(bytes));
});

test('a host with 1 GiB starts, every tool works, and the agent knows what it must', {
  skip,
  timeout: BOOT_TIMEOUT,
}, async (t) => {
  const mac = '52:54:00:aa:bb:cc';
  // A second card that also gets an answer: the one that booted has to be taken.
  const decoy = [
    '-netdev',
    'user,id=net1,restrict=on',
    '-device',
    'e1000,netdev=net1,mac=52:54:00:00:00:01,romfile=',
  ];
  await using boot = await bootDirectly({
    folder: join(folder, 'bootenv'),
    mac,
    devices: [...decoy, '-device', 'qemu-xhci', '-device', 'usb-kbd'],
  });
  const report = await boot.report;
  t.diagnostic(`agent started ${report.environment['MIMEO_BOOT_SECONDS']} s after the kernel`);
  t.diagnostic(`${report.memory.availableKiB} of ${report.memory.totalKiB} KiB memory available`);
  assert.deepEqual(report.unusableTools, []);
  assert.deepEqual(report.faults, []);
  assert.equal(report.mac, mac);
  assert.match(report.addresses[0] ?? '', /^10\.0\.2\./);
  assert.equal(report.environment['MIMEO_SERVER'], 'http://10.0.2.100');
  assert.equal(report.environment['MIMEO_BOOT'], 'nonce1');
  assert.equal(report.environment['MIMEO_KEY'], 'key1');
  assert.match(report.environment['MIMEO_BOOT_SECONDS'] ?? '', /^\d+\.\d+$/);
  assert.ok(report.modules.includes('usbhid'), 'the USB keyboard has its driver');
  assert.ok(
    Math.abs(Date.parse(report.clock) - Date.now()) < 120_000,
    `a dead clock is set: ${report.clock}`,
  );
  assert.equal(report.extraLayer, false);
  assert.match(await boot.guest.ended, /status 0/, 'poweroff -f works');
});

for (const withExtraLayer of [false, true]) {
  const origin = withExtraLayer ? 'the boot script brought' : 'init fetches';
  test(`a disk behind a RAID controller appears with the second layer that ${origin}`, {
    skip,
    timeout: BOOT_TIMEOUT,
  }, async () => {
    const disk = join(folder, 'raid.disk');
    await writeFile(disk, '');
    await truncate(disk, 64 * 2 ** 20);
    await using boot = await bootDirectly({
      folder: join(folder, 'bootenv'),
      withExtraLayer,
      devices: [
        ...['-device', 'megasas,id=raid', '-drive', `if=none,id=d0,format=raw,file=${disk}`],
        ...['-device', 'scsi-hd,bus=raid.0,drive=d0'],
      ],
    });
    const report = await boot.report;
    assert.equal(boot.asked.includes('GET /boot/files/extra.img'), !withExtraLayer, boot.asked.join(', '));
    assert.equal(report.extraLayer, true);
    assert.ok(report.modules.includes('megaraid_sas'));
    const sizes = report.disks.filter((one) => one.name.startsWith('sd')).map((one) => one.size);
    assert.deepEqual(sizes, [64 * 2 ** 20], JSON.stringify(report.disks));
  });
}

test('a boot script without a server is told on the screen', { skip, timeout: BOOT_TIMEOUT }, async () => {
  await using boot = await bootDirectly({ folder: join(folder, 'bootenv'), serverWord: false });
  await boot.guest.said.waitFor(/named no Mimeo server/, BOOT_TIMEOUT);
  await boot.guest.said.waitFor(/starts again in five minutes/, 10_000);
});

test('while no DHCP server answers, the screen says so', { skip, timeout: BOOT_TIMEOUT }, async () => {
  await using boot = await bootDirectly({ folder: join(folder, 'bootenv'), silentNetwork: true });
  await boot.guest.said.waitFor(/link on eth0, but no answer from a DHCP server/, BOOT_TIMEOUT);
});

test('a crash of the agent shows its reason, gives no shell, and the agent starts again', {
  skip,
  timeout: BOOT_TIMEOUT,
}, async () => {
  await using boot = await bootDirectly({ folder: join(folder, 'bootenv'), words: ['probe.crash'] });
  await boot.guest.said.waitFor(/The agent ended with status 1 \(1 of 10\)/, BOOT_TIMEOUT);
  await boot.guest.said.waitFor(/told to crash/, 10_000);
  await boot.guest.said.waitFor(/The agent ended with status 1 \(2 of 10\)/, BOOT_TIMEOUT);
  assert.doesNotMatch(boot.guest.said.text, /shell/);
});
