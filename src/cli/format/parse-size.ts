import { MimeoError } from '../../errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** Bytes of a size such as `60GB`, `1.5 TB`, `512MiB`. @throws MimeoError `not-understood` */
export function parseSize(text: string): number {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMGT]?i?B?)\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  const bytes = Math.round(Number(number) * (factor ?? Number.NaN));
  if (number !== '' && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new MimeoError('not-understood', `"${text}" is no size.`, { next: 'Write it like 60GB or 512MiB.' });
}

/** Bytes per second of a rate such as `50MB/s`. @throws MimeoError `not-understood` */
export function parseRate(text: string): number {
  try {
    return parseSize(text.replace(/\s*\/\s*s(ec(ond)?)?\s*$/i, ''));
  } catch {
    throw new MimeoError('not-understood', `"${text}" is no rate.`, { next: 'Write it like 50MB/s.' });
  }
}
