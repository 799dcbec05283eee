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

const BITS: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9 };

/** Bytes per second of a rate such as `50MB/s` or, as networks are counted, `40mbit`. @throws MimeoError `not-understood` */
export function parseRate(text: string): number {
  const plain = text.replace(/\s*\/\s*s(ec(ond)?)?\s*$/i, '');
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([KMG])b(?:its?|ps)$/i.exec(plain) ?? [];
  if (number !== undefined && Number(number) > 0)
    return (Number(number) * (BITS[unit.toUpperCase()] ?? 0)) / 8;
  try {
    return parseSize(plain);
  } catch {
    throw new MimeoError('not-understood', `"${text}" is no rate.`, {
      next: 'Write it like 50MB/s or 40mbit.',
    });
  }
}
