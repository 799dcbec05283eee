import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dataFolder } from '../setup/data-folder.mjs';
import { localBootScript, readScriptQuery } from '../src/netboot/index.ts';
import { labNeeds, QEMU } from './needs.ts';
import { BootServer, HTTP_BASE, SERVER_ADDRESS, startBarePc, writeTalkingDisk } from './netboot-firmware.ts';
import { LabNetwork, SiteDhcp } from './network/index.ts';

/** Where the boot programs may be: told, beside what `npm start` built, or built by hand. */
const FOLDERS = [
  process.env['MIMEO_BOOT_PROGRAMS'] ?? '',
  join(dataFolder(undefined), 'boot-environment'),
  resolve('build/bootenv'),
];
const isComplete = (folder: string): boolean =>
  ['undionly.kpxe', 'snponly.efi'].every((name) => existsSync(join(folder, name)));
const PROGRAMS = FOLDERS.find(isComplete);
const skip =
  labNeeds('ip', 'dnsmasq', QEMU) ||
  (PROGRAMS === undefined ? 'the boot environment is not built: no undionly.kpxe and snponly.efi' : false);

const SMBIOS =
  'manufacturer=A&B + C=D,product=50%/x #1?,serial=S+1 &2,uuid=00112233-4455-6677-8899-aabbccddeeff';
const UUID = '00112233-4455-6677-8899-aabbccddeeff';
const PATIENCE_MS = 60_000;

/** A lab with a site's DHCP server that knows nothing of booting, and a boot server beside it. */
async function lab(
  t: TestContext,
  scripts: Record<string, string[]>,
): Promise<{ network: LabNetwork; boot: BootServer }> {
  const network = await new LabNetwork().open();
  t.after(() => network.close());
  await SiteDhcp.start(network);
  return { network, boot: await BootServer.start(network, { folder: PROGRAMS ?? '', scripts }) };
}

const ownDisk = (firmware: 'bios' | 'uefi', name: string): string =>
  localBootScript({ firmware, name, reason: 'nothing to do', menuUrl: `${HTTP_BASE}/boot/menu` });

test('real firmware boots beside a DHCP server that knows nothing of it', {
  skip,
  concurrency: true,
}, async (t) => {
  const [biosMac, uefiMac] = ['52:54:00:aa:bb:01', '52:54:00:aa:bb:02'];
  const { network, boot } = await lab(t, {
    // The card's own iPXE loads ours over TFTP, as a plain PXE card would; ours then goes to the disk.
    [biosMac]: [`#!ipxe\nchain tftp://${SERVER_ADDRESS}/undionly.kpxe\n`, ownDisk('bios', 'RM101-PC05')],
    // Leaving for the disk, this firmware comes to its next entry: HTTP boot.
    [uefiMac]: [ownDisk('uefi', 'RM101-PC06'), `#!ipxe\necho this is $\{platform} of $\{uuid}\nsleep 60\n`],
  });
  const disk = join(network.folder, 'talking.raw');
  await writeTalkingDisk(disk, 'THE DISK SPEAKS');

  const bios = t.test('BIOS: iPXE, undionly over TFTP, and its own disk', async () => {
    const pc = await startBarePc(network, {
      name: 'bios',
      mac: biosMac,
      firmware: 'bios',
      smbios: SMBIOS,
      disk,
    });
    await pc.said.waitFor(/RM101-PC05: nothing to do, starting its own disk; press m for Mimeo/, PATIENCE_MS);
    await pc.said.waitFor(/THE DISK SPEAKS/, PATIENCE_MS);
    const events = boot.events(biosMac);
    assert.equal(events[0]?.uuid, UUID);
    assert.equal(events[0]?.arch, 'iPXE, BIOS');
    assert.ok(events.some((event) => /loaded undionly\.kpxe: \d+ bytes/.test(event.words)));
    assert.ok(
      events.some((event) =>
        /takes the address 10\.77\.0\.\d+ from the DHCP server 10\.77\.0\.1/.test(event.words),
      ),
    );
  });

  const uefi = t.test('UEFI: PXE in two steps over TFTP, and HTTP boot', async () => {
    const pc = await startBarePc(network, { name: 'uefi', mac: uefiMac, firmware: 'uefi', smbios: SMBIOS });
    await pc.said.waitFor(/RM101-PC06: nothing to do, starting its own disk; press m for Mimeo/, PATIENCE_MS);
    await pc.said.waitFor(new RegExp(`this is efi of ${UUID}`), PATIENCE_MS);
    const words = boot.events(uefiMac).map((event) => event.words);
    const told = words.filter((line) => line.includes('is told to load'));
    assert.deepEqual(told, [
      `Firmware (UEFI 64-bit) is told to load snponly.efi from ${SERVER_ADDRESS}`,
      `Firmware (UEFI 64-bit, second step) is told to load snponly.efi from ${SERVER_ADDRESS}`,
      `iPXE (UEFI 64-bit) is told to load ${HTTP_BASE}/boot/entry.ipxe from ${SERVER_ADDRESS}`,
      `Firmware (UEFI 64-bit over HTTP) is told to load ${HTTP_BASE}/boot/files/snponly.efi from ${SERVER_ADDRESS}`,
      `iPXE (UEFI 64-bit) is told to load ${HTTP_BASE}/boot/entry.ipxe from ${SERVER_ADDRESS}`,
    ]);
    assert.equal(
      boot.events(uefiMac).some((event) => event.kind === 'tftp-failed'),
      false,
    );
    assert.ok(words.some((line) => line === 'asked for the size of snponly.efi'));
  });
  await Promise.all([bios, uefi]);

  // What each build of iPXE made of the awkward SMBIOS texts is read back to the same.
  const questions = boot.urls().filter((url) => url.includes('/boot/script?'));
  assert.equal(questions.length, 4);
  for (const question of questions) {
    const { serial, manufacturer, product, uuid } = readScriptQuery(question.slice(question.indexOf('?')));
    assert.deepEqual([serial, manufacturer, product, uuid], ['S+1 &2', 'A&B + C=D', '50%/x #1?', UUID]);
  }
});
