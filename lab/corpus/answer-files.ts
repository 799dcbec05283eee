/**
 * Holds the answer files of a folder against Mimeo's readers and writers: each is read, changed in a few places, written
 * back, and compared outside of what was changed; each also as UTF-16 and with the other line ends, where that is
 * possible. A file that Windows would not read either is refused with its place. Such collections belong to those who wrote them: none is kept here.
 *
 * Usage: node lab/corpus/answer-files.ts FOLDER
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../../src/errors.ts';
import { checkSysprepInf, checkUnattend } from '../../src/personalise/index.ts';

type Kind = 'sysprep.inf' | 'unattend.xml';

/** What a file is by its content, whatever its name; null for neither. */
function kindOf(text: string): Kind | null {
  if (/<unattend[\s>]/i.test(text)) return 'unattend.xml';
  return /^\s*\[\s*(?:unattended|guiunattended|userdata)\s*\]/im.test(text) ? 'sysprep.inf' : null;
}

function textOf(bytes: Buffer): string {
  return bytes.toString(bytes.readUInt16BE(0) === 0xfffe ? 'utf16le' : 'latin1');
}

/** The same file as others would have saved it. */
function variants(bytes: Buffer, kind: Kind): Buffer[] {
  const text = bytes.toString('latin1');
  if (kind === 'unattend.xml' || /[^\t\r\n\x20-\x7e]/.test(text)) return [bytes];
  const otherEnds = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text.replaceAll('\n', '\r\n');
  return [bytes, Buffer.from(otherEnds, 'latin1'), Buffer.from(`\ufeff${text}`, 'utf16le')];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Which folder? node lab/corpus/answer-files.ts FOLDER');
const CHECKS = { 'sysprep.inf': checkSysprepInf, 'unattend.xml': checkUnattend } as const;
const counts = { files: 0, forms: 0, changes: 0, refused: 0, failed: 0, neither: 0 };
const kinds: Record<Kind, number> = { 'sysprep.inf': 0, 'unattend.xml': 0 };

for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = await readFile(path);
  const kind = bytes.length < 4 ? null : kindOf(textOf(bytes));
  if (kind === null) {
    counts.neither += 1;
    continue;
  }
  counts.files += 1;
  kinds[kind] += 1;
  for (const form of variants(bytes, kind)) {
    counts.forms += 1;
    try {
      counts.changes += CHECKS[kind](form, entry.name);
    } catch (error) {
      counts[error instanceof MimeoError ? 'refused' : 'failed'] += 1;
      console.log(`${path}: ${error instanceof Error ? error.message : String(error)}`);
      break;
    }
  }
}
console.log(
  `${counts.files} answer files (${kinds['sysprep.inf']} like sysprep.inf, ${kinds['unattend.xml']} unattend.xml) in ${counts.forms} forms, ${counts.changes} values changed, ${counts.refused} refused, ${counts.failed} failed; ${counts.neither} other files`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;
