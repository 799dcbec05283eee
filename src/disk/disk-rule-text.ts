import { MimeoError } from '../errors.ts';
import type { DiskRule, DiskTransport } from './disk-info.ts';

const TRANSPORTS: ReadonlySet<string> = new Set<DiskTransport>([
  'sata',
  'nvme',
  'virtio',
  'scsi',
  'usb',
  'mmc',
  'other',
]);
const UNITS: Readonly<Record<string, number>> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/**
 * A rule as it is typed: conditions with commas between them, each of them
 * `/dev/sda`, `serial=S4X…`, `model=Samsung`, `nvme` (sata, virtio, scsi, usb, mmc), `size>=200GB` or `size<=1TB`.
 *
 * @throws MimeoError `disk-rule` naming the condition that is none
 */
export function parseDiskRule(text: string): DiskRule {
  const conditions = text.split(',').map((condition) => condition.trim());
  let rule: DiskRule = {};
  for (const condition of conditions) {
    const field = fieldOf(condition);
    const [key = ''] = Object.keys(field);
    if (key in rule) throw wrong(text, `"${condition}" says a second time what was said`);
    rule = { ...rule, ...field };
  }
  if (rule.minBytes !== undefined && rule.maxBytes !== undefined && rule.minBytes > rule.maxBytes) {
    throw wrong(text, 'no disk is that large and that small at once');
  }
  return rule;
}

function fieldOf(condition: string): DiskRule {
  if (/^\/dev\/[\w/-]+$/.test(condition)) return { device: condition };
  const named = /^(serial|model)\s*=\s*(.+)$/i.exec(condition);
  if (named)
    return named[1]?.toLowerCase() === 'serial' ? { serial: named[2] ?? '' } : { model: named[2] ?? '' };
  const size = /^size\s*(>=|<=)\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/i.exec(condition);
  if (size) {
    const bytes = Math.round(Number(size[2]) * (UNITS[size[3]?.toUpperCase() ?? ''] ?? Number.NaN));
    if (Number.isSafeInteger(bytes)) return size[1] === '>=' ? { minBytes: bytes } : { maxBytes: bytes };
  }
  const transport = condition.toLowerCase();
  if (isTransport(transport)) return { transport };
  throw wrong(condition, condition === '' ? 'a condition is empty' : `"${condition}" is none of them`);
}

function isTransport(text: string): text is DiskTransport {
  return TRANSPORTS.has(text);
}

function wrong(text: string, why: string): MimeoError {
  return new MimeoError('disk-rule', `The disk "${text}" is not understood: ${why}.`);
}
