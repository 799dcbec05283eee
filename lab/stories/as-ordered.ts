import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { run } from '../../src/command.ts';
import { type Difference, describe, differences } from '../compare/index.ts';
import { type Master, STALE_MARK, SYSPREP_INF } from '../masters/index.ts';
import { SECTOR } from '../ntfs/partition.ts';
import { readNtfsFile } from '../ntfs/read-file.ts';
import type { Workstation } from '../workstation.ts';
import { REG_FILE, type Room } from './room.ts';

const SYSPREP = 'Sysprep/sysprep.inf';
const OEM = 'Sysprep/i386/$oem$';
const REG = `${OEM}/mimeo/01-schule.reg`;

/** What personalising may touch, and nothing else: paths, and which of their facts. */
const PERSONALISED: readonly (readonly [path: string, what: RegExp])[] = [
  ['', /^times$/],
  ['Sysprep', /^times$/],
  ['Sysprep/i386', /^times$/],
  [OEM, /^times$/],
  [SYSPREP, /^(?:content|size|allocated|times)$/],
  [`${OEM}/cmdlines.txt`, /^(?:content|size|allocated|times)$/],
  [`${OEM}/mimeo`, /^extra$/],
  [REG, /^extra$/],
  // Windows never reads it again, so its contents are not kept.
  ['pagefile.sys', /^content$/],
];

/**
 * The disk of a machine that is off is the master's, but for what makes it this host: compared from outside,
 * file by file.
 */
export async function assertAsOrdered(
  room: Room,
  host: Workstation,
  master: Master,
  name: string,
): Promise<void> {
  const { disk } = host.hardware;
  const expected = await room.facts(master.disk);
  const found = await room.facts(disk);
  assert.equal(found.complaint, null, 'ntfsfix finds something to repair');
  assert.equal(describe(differences(expected.esp, found.esp)), '', 'the EFI system partition differs');

  const windows = `partition ${expected.table.size - 1}`;
  const { size } = await stat(disk);
  const grows = size > master.diskBytes;
  assertOnly(differences(expected.table, found.table), grows ? [[windows, /^size$/]] : []);
  const end = (found.place.start + found.place.sectors) * SECTOR;
  if (grows) assert.ok(size - end <= 1024 * 1024, `Windows' volume ends at byte ${end}: not grown`);
  assertOnly(
    differences(expected.bootRecord, found.bootRecord),
    grows ? [['boot record', /^total sectors$/]] : [],
  );
  assertOnly(differences(expected.windows, found.windows), PERSONALISED);

  const sysprep = await readNtfsFile(disk, found.place, SYSPREP, room.network);
  const named = SYSPREP_INF.toString('latin1').replace('ComputerName=MASTER', `ComputerName=${name}`);
  assert.equal(sysprep.toString('latin1'), named, 'sysprep.inf is not the master’s with the name replaced');
  const reg = await readNtfsFile(disk, found.place, REG, room.network);
  assert.equal(reg.toString('utf16le').slice(1), REG_FILE.replace('{{host.name}}', name));

  // Status 1: nothing found.
  const stale = await run(['grep', '--text', '--quiet', '--fixed-strings', STALE_MARK, disk], {
    allowStatus: [0, 1],
  });
  assert.equal(stale.status, 1, 'deleted files of the master came along: free space was not masked');
}

/** Fails on every difference that is not among the allowed ones. */
function assertOnly(found: readonly Difference[], allowed: readonly (readonly [string, RegExp])[]): void {
  const others = found.filter(
    ({ path, what }) => !allowed.some(([place, facts]) => place === path && facts.test(what)),
  );
  assert.equal(describe(others), '', 'more differs from the master than was ordered');
}
