import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { MimeoError } from '../../errors.ts';
import { missingFile } from '../damage.ts';
import { mayNotRead } from '../plain-file.ts';

/** The names that `split` gives: letters (`aa`, `ab`, …) or digits (`000`, `001`, …). */
const SUFFIX = /^(?<stem>.+)\.(?<suffix>[a-z]{2,4}|\d{2,4})$/;

/**
 * The files that make up an import, in order: the pieces of a split set when `path` is one of them, else `path`
 * alone. FOG renames the first piece: `d1p1.img` is followed by `d1p1.img.001`.
 *
 * @throws MimeoError `import-damaged` when the first piece or one between others is missing (a last one shows itself when the
 * content ends too early), `import-unknown` when the folder may not be read
 */
export async function piecesOf(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch((error: unknown) => {
    throw mayNotRead(folder, error);
  });
  return pieceNames(basename(path), names, folder).map((name) => join(folder, name));
}

/** As {@link piecesOf}, of names in one folder. */
export function pieceNames(name: string, names: readonly string[], folder: string): string[] {
  const parts = SUFFIX.exec(name)?.groups;
  const there = new Set(names);
  if (parts?.['stem'] !== undefined && parts['suffix'] !== undefined) {
    const { stem, suffix } = { stem: parts['stem'], suffix: parts['suffix'] };
    const first = firstSuffix(suffix);
    if (suffix === first || there.has(`${stem}.${first}`)) return setOf(`${stem}.`, first, names, folder);
    if (/^\d{3}$/.test(suffix) && there.has(stem)) {
      const set = [stem, ...followers(stem, names, folder)];
      // A year or a count at the end of a name of its own is no piece's number.
      if (set.includes(name)) return set;
    }
    // Other endings of letters (iso, gz, vhd) are no pieces.
    if (/^a+[b-z]$/.test(suffix)) throw missingPiece(folder, `${stem}.${first}`, name);
  }
  return [name, ...followers(name, names, folder)];
}

function missingPiece(folder: string, name: string, later: string): MimeoError {
  const which = /\.(?:a+|0+)$/.test(name) ? 'the first piece' : 'a piece';
  return missingFile(folder, name, `it is ${which} of a split image, of which ${later} is there`);
}

/** The pieces after one that has lost its suffix. */
function followers(stem: string, names: readonly string[], folder: string): string[] {
  const second = names.find(
    (name) => name.startsWith(`${stem}.`) && /^0+1$/.test(name.slice(stem.length + 1)),
  );
  const later = names.some(
    (name) => name.startsWith(`${stem}.`) && /^\d{3}$/.test(name.slice(stem.length + 1)),
  );
  if (second === undefined && !later) return [];
  return setOf(`${stem}.`, second?.slice(stem.length + 1) ?? '001', names, folder);
}

function setOf(stem: string, first: string, names: readonly string[], folder: string): string[] {
  const digits = /^\d+$/.test(first);
  const pieces = names
    .filter((name) => name.startsWith(stem))
    .map((name) => name.slice(stem.length))
    .filter((suffix) =>
      digits ? suffix.length === first.length && /^\d+$/.test(suffix) : letters(suffix, first),
    )
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  let expected = first;
  for (const suffix of pieces) {
    // GNU split makes its names longer when it runs out: yz is followed by zaaa.
    if (suffix !== expected && suffix !== expected.replace(/^(z+)(a+)$/, '$1$2aa')) {
      throw missingPiece(folder, `${stem}${expected}`, `${stem}${suffix}`);
    }
    expected = digits ? String(Number(suffix) + 1).padStart(first.length, '0') : nextLetters(suffix);
  }
  return pieces.map((suffix) => `${stem}${suffix}`);
}

function letters(suffix: string, first: string): boolean {
  return /^[a-z]+$/.test(suffix) && (suffix.length === first.length || /^z+[a-z]{3,}$/.test(suffix));
}

function firstSuffix(suffix: string): string {
  return (/^\d/.test(suffix) ? '0' : 'a').repeat(suffix.length);
}

/** `az` is followed by `ba`. */
function nextLetters(suffix: string): string {
  const [, head = '', turned = ''] = /^(.*?)(z*)$/.exec(suffix) ?? [];
  if (head === '') return `${suffix}a`;
  const last = String.fromCharCode(head.charCodeAt(head.length - 1) + 1);
  return `${head.slice(0, -1)}${last}${'a'.repeat(turned.length)}`;
}
