import { MimeoError } from '../errors.ts';
import type { DiskInfo, DiskRule } from './disk-info.ts';
import { inWords } from './size-words.ts';

/**
 * Picks the one disk that a rule means; never one of several by chance.
 *
 * 1. Only writable, fixed, internal disks count, unless the rule names the one by its device or serial number: a stick
 *    that the machine was started from is never chosen by chance.
 * 2. Every field of the rule must match.
 * 3. If several are left, the rule said nothing but sizes, and exactly one of them is NVMe, that one: in a machine with an
 *    NVMe and SATA disks the NVMe is what it starts from.
 *
 * @throws MimeoError `no-disk` when nothing matches, `which-disk` when several do; both list what is there.
 */
export function chooseDisk(disks: readonly DiskInfo[], rule: DiskRule = {}): DiskInfo {
  const named = rule.device !== undefined || rule.serial !== undefined;
  const eligible = disks.filter((disk) => (named ? !disk.readOnly : isInternal(disk)));
  const matching = eligible.filter((disk) => matches(disk, rule));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  const there = describeDisks(disks);
  if (only === undefined) {
    throw new MimeoError('no-disk', `No disk of this machine is ${describeRule(rule)}. ${there}`);
  }
  const nvme = matching.filter((disk) => disk.transport === 'nvme');
  const [onlyNvme] = nvme;
  if (onlyNvme !== undefined && nvme.length === 1 && saysNothing(rule)) return onlyNvme;
  throw new MimeoError(
    'which-disk',
    `${matching.length} disks of this machine are ${describeRule(rule)}. ${there}`,
  );
}

/** A disk that belongs to the machine and can be written. */
export function isInternal(disk: DiskInfo): boolean {
  return !disk.readOnly && !disk.removable && disk.transport !== 'usb' && disk.sizeBytes > 0;
}

function matches(disk: DiskInfo, rule: DiskRule): boolean {
  return (
    (rule.device === undefined || disk.device === rule.device) &&
    (rule.serial === undefined || disk.serial === rule.serial.trim()) &&
    (rule.model === undefined || disk.model.toLowerCase().includes(rule.model.trim().toLowerCase())) &&
    (rule.transport === undefined || disk.transport === rule.transport) &&
    disk.sizeBytes >= (rule.minBytes ?? 0) &&
    disk.sizeBytes <= (rule.maxBytes ?? Number.MAX_SAFE_INTEGER)
  );
}

function saysNothing(rule: DiskRule): boolean {
  return (
    rule.device === undefined &&
    rule.serial === undefined &&
    rule.model === undefined &&
    rule.transport === undefined
  );
}

function describeRule(rule: DiskRule): string {
  const any = rule.serial === undefined ? 'an internal disk' : 'a disk';
  const words = [
    rule.device === undefined ? `${any} that can be written` : `${rule.device} and can be written`,
    ...(rule.serial === undefined ? [] : [`with serial ${rule.serial}`]),
    ...(rule.model === undefined ? [] : [`of model ${rule.model}`]),
    ...(rule.transport === undefined ? [] : [`on ${rule.transport}`]),
    ...(rule.minBytes === undefined ? [] : [`of at least ${inWords(rule.minBytes)}`]),
    ...(rule.maxBytes === undefined ? [] : [`of at most ${inWords(rule.maxBytes)}`]),
  ];
  return words.join(' ');
}

/** What this machine has, as a sentence. */
export function describeDisks(disks: readonly DiskInfo[]): string {
  if (disks.length === 0) return 'This machine shows no disk at all.';
  const list = disks.map((disk) => {
    const notes = [
      disk.transport,
      ...(disk.removable ? ['removable'] : []),
      ...(disk.readOnly ? ['read-only'] : []),
      ...(disk.serial === '' ? [] : [`serial ${disk.serial}`]),
    ];
    return `${disk.device} ${disk.model === '' ? '' : `${disk.model} `}${inWords(disk.sizeBytes)} [${notes.join(', ')}]`;
  });
  return `There are: ${list.join('; ')}.`;
}
