import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../src/command.ts';
import { type Master, masters, SYSPREP_INF } from './masters/index.ts';
import { labNeeds, MASTER_TOOLS, QEMU } from './needs.ts';
import { LabNetwork } from './network/index.ts';
import { Workstation } from './workstation.ts';

const skip = labNeeds(QEMU, ...MASTER_TOOLS);

/** A workstation with a copy of a master's disk, which starts from that disk. */
async function withMaster(t: TestContext, master: Master): Promise<Workstation> {
  const network = await new LabNetwork().open();
  t.after(() => network.close());
  const disk = join(network.folder, 'copy.raw');
  await run(['cp', '--sparse=always', master.disk, disk]);
  return Workstation.build(network, { name: 'pc', firmware: master.firmware, disk, bootOrder: ['disk'] });
}

test('the BIOS master starts from its own disk, again after a power cut', { skip }, async (t) => {
  const { bios } = await masters();
  const pc = await withMaster(t, bios);
  await pc.powerOn();
  const [line] = await pc.waitForSerial(bios.bootLine, 60_000);
  const picture = join(dirname(pc.hardware.disk), 'screen.png');
  await pc.screenshot(picture);
  assert.equal((await readFile(picture)).subarray(1, 4).toString(), 'PNG');
  await pc.powerCut();
  assert.equal(pc.isOn, false);
  await assert.rejects(pc.waitForSerial(/anything else/, 1000), /switched off/);
  await pc.powerOn();
  assert.equal((await pc.waitForSerial(bios.bootLine, 60_000))[0], line);
});

test('the UEFI master starts from its own disk and reads its Windows volume', { skip }, async (t) => {
  const { uefi } = await masters();
  const pc = await withMaster(t, uefi);
  await pc.powerOn();
  await pc.waitForSerial(uefi.bootLine, 60_000);
  assert.equal(await pc.waitForOff(30_000), 'guest-shutdown');
  const computerName = /ComputerName=(\w+)/;
  assert.equal(
    (await pc.waitForSerial(computerName, 0))[1],
    computerName.exec(SYSPREP_INF.toString('latin1'))?.[1],
  );
});
