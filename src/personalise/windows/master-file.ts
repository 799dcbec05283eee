import { MimeoError, toMimeoError } from '../../errors.ts';
import { fileBytes, locate, windowsPath } from '../locate.ts';
import type { FolderEntry } from '../types.ts';
import { type AnswerFile, edited, freshAnswerFile, passElements, readAnswerFile } from './answer-file.ts';
import type { WindowsFacts } from './facts.ts';
import type { Pass } from './names.ts';
import { answerFilePlaces } from './search-order.ts';
import { removeElement, transplant } from './xml/xml-edit.ts';
import { attributeOf, type XmlElement } from './xml/xml-tree.ts';

/** The answer file that the host's is made from. */
export interface MasterFile {
  readonly file: AnswerFile;
  /** Null when a fresh one was made. */
  readonly path: readonly string[] | null;
  readonly warnings: readonly string[];
}

interface Found {
  readonly file: AnswerFile;
  readonly path: readonly string[];
}

const PASSES: readonly Pass[] = ['specialize', 'oobeSystem'];

/**
 * Finds what Windows itself would read at the first start: for each pass, the first file in its search order that
 * answers it and has not been worked off on the master yet. The first such file is the one to go on with; a pass
 * that only a later file answers is put into it.
 *
 * @throws MimeoError `unattend-invalid` when Windows would stop at a file that it cannot read
 */
export function findMasterFile(view: FolderEntry, facts: WindowsFacts): MasterFile {
  const warnings: string[] = [];
  let base: Found | null = null;
  for (const place of answerFilePlaces(facts.unattendFile)) {
    const found = locate(view, place);
    if (found.entry === null) continue;
    const where = windowsPath(found.path, 'C:');
    const bytes = fileBytes(view, place);
    if (bytes === null) throw new MimeoError('internal', `${where} was not read`);
    let file: AnswerFile;
    try {
      file = withoutDonePasses(readAnswerFile(bytes, where, facts.architecture));
    } catch (error) {
      if (base === null) throw error;
      warnings.push(`${toMimeoError(error).message} It was not needed, and is removed.`);
      continue;
    }
    if (!PASSES.some((pass) => answers(file, pass))) continue;
    if (base === null) {
      base = { file, path: found.path };
      continue;
    }
    const added = withMissingPasses(base, file);
    warnings.push(
      added.missing.length === 0
        ? `${where} is removed: Windows reads ${windowsPath(base.path, 'C:')} instead of it.`
        : `The pass ${added.missing.join(' and ')} of ${where} was put into the answer file, and that file is removed.`,
    );
    base = added.base;
  }
  if (base === null) return { file: freshAnswerFile(facts.architecture), path: null, warnings };
  const cleaned = withoutDeletedSecrets(base.file);
  if (cleaned.deleted.length > 0) {
    const where = windowsPath(base.path, 'C:');
    warnings.push(
      `Windows had deleted passwords or keys in ${where} when it was used before: ${cleaned.deleted.join(', ')} ` +
        'can no longer come from it. Give them in the profile.',
    );
  }
  return { file: cleaned.file, path: base.path, warnings };
}

/** Windows marks the passes it has worked off, and does not do them again; so they say nothing of a host. */
function withoutDonePasses(file: AnswerFile): AnswerFile {
  const done = (where: AnswerFile): XmlElement | undefined =>
    PASSES.flatMap((pass) => passElements(where, pass)).find(
      (one) => attributeOf(one, 'wasPassProcessed')?.toLowerCase() === 'true',
    );
  let changed = file;
  for (let one = done(changed); one !== undefined; one = done(changed)) {
    changed = edited(changed, removeElement(changed.document, one));
  }
  return changed;
}

/** An empty pass says nothing: Windows looks for it in the next file. */
function answers(file: AnswerFile, pass: Pass): boolean {
  return passElements(file, pass).some((settings) => settings.children.length > 0);
}

/** The passes that only the later file answers, put into the earlier one. */
function withMissingPasses(base: Found, later: AnswerFile): { base: Found; missing: Pass[] } {
  const missing = PASSES.filter((pass) => !answers(base.file, pass) && answers(later, pass));
  const file = missing.reduce((into, pass) => withPassOf(into, later, pass), base.file);
  return { base: { ...base, file }, missing };
}

function withPassOf(base: AnswerFile, source: AnswerFile, pass: Pass): AnswerFile {
  let changed = base;
  for (let empty = passElements(changed, pass)[0]; empty; empty = passElements(changed, pass)[0]) {
    changed = edited(changed, removeElement(changed.document, empty));
  }
  return passElements(source, pass).reduce(
    (into, settings) =>
      edited(into, transplant(into.document, into.document.root, source.document, settings)),
    changed,
  );
}

const DELETED = '*SENSITIVE*DATA*DELETED*';
/** What is useless, or does harm, without its secret: it goes as a whole. */
const WHOLE = new Set(['LocalAccount', 'AdministratorPassword', 'AutoLogon', 'Credentials']);

function withoutDeletedSecrets(file: AnswerFile): { file: AnswerFile; deleted: string[] } {
  const deleted: string[] = [];
  let changed = file;
  for (;;) {
    const element = PASSES.flatMap((pass) => passElements(changed, pass))
      .map(findDeleted)
      .find((one) => one !== null);
    if (element === undefined || element === null) return { file: changed, deleted };
    deleted.push(element.local);
    changed = edited(changed, removeElement(changed.document, element));
  }
}

function findDeleted(element: XmlElement): XmlElement | null {
  for (const child of element.children) {
    const found = child.text.trim() === DELETED ? child : findDeleted(child);
    if (found !== null) return WHOLE.has(element.local) ? element : found;
  }
  return null;
}
