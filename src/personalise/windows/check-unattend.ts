import type { HostSettings } from '../settings.ts';
import { type Entry, type FolderEntry, isChange } from '../types.ts';
import {
  type AnswerFile,
  findAll,
  type Place,
  readAnswerFile,
  readSetting,
  writeAnswerFile,
  writeSetting,
} from './answer-file.ts';
import type { WindowsFacts } from './facts.ts';
import type { Architecture } from './names.ts';
import { INTERNATIONAL, JOIN, SHELL } from './names.ts';
import { planWindows } from './plan.ts';
import { ANSWER_FILE } from './search-order.ts';
import { attributeOf, type XmlElement } from './xml/xml-tree.ts';

const CHANGES: readonly [Place, readonly string[], string][] = [
  [{ pass: 'specialize', component: SHELL }, ['ComputerName'], 'RM101-PC05'],
  [{ pass: 'specialize', component: SHELL }, ['RegisteredOwner'], 'A & B <Schüler> "x"'],
  [{ pass: 'specialize', component: JOIN }, ['Identification', 'JoinWorkgroup'], 'SCHOOL'],
  [{ pass: 'oobeSystem', component: INTERNATIONAL }, ['UILanguage'], 'de-DE'],
  [{ pass: 'oobeSystem', component: SHELL }, ['AutoLogon', 'Password', 'Value'], 'eABQAA=='],
];

/**
 * Proves on somebody's answer file that nothing but the wanted value changes: each of a few settings is written, and
 * the text outside of that value compared; then a whole host is planned on it, twice.
 *
 * @param name of the file, for errors
 * @returns how many values were changed
 * @throws MimeoError `unattend-invalid` for a file that is none
 * @throws Error saying what else was changed
 */
export function checkUnattend(bytes: Uint8Array, name: string): number {
  const architecture = architectureOf(readAnswerFile(bytes, name, 'amd64'));
  const file = readAnswerFile(bytes, name, architecture);
  expect(Buffer.compare(writeAnswerFile(file), bytes) === 0, 'It is not written back as it was');
  for (const [place, path, value] of CHANGES) checkChange(file, name, place, path, value);
  checkPlan(bytes, architecture);
  return CHANGES.length;
}

function checkChange(
  file: AnswerFile,
  name: string,
  place: Place,
  path: readonly string[],
  value: string,
): void {
  const what = path.join('/');
  const found = findAll(file, place, path);
  const after = readAnswerFile(
    writeAnswerFile(writeSetting(file, place, path, value)),
    name,
    file.architecture,
  );
  expect(readSetting(after, place, path) === value, `${what} does not read back`);
  const [old, now] = [file.document.text, after.document.text];
  const { start, end } = difference(old, now);
  const [only] = found;
  if (only === undefined) {
    // Blanks, and the slash of a tag that closed itself, make room.
    expect(/^[\s/]*$/.test(old.slice(start, end)), `Something was taken out where ${what} was put in`);
  } else if (found.length === 1 && start < end) {
    const [from, to] = only.selfClosing ? [only.start, only.end] : [only.contentStart, only.contentEnd];
    expect(start >= from && end <= to, `Something beside ${what} was changed`);
  }
  const others = (where: AnswerFile): string[] => {
    const ours = new Set(findAll(where, place, path));
    return leaves(where.document.root)
      .filter(({ element }) => !ours.has(element))
      .map(({ line }) => line);
  };
  expect(sameOrGrown(others(file), others(after)), `A value beside ${what} is another one now`);
}

/** The part of the old text that the new one does not have: from `start` to `end`, empty where it only grew. */
function difference(old: string, now: string): { start: number; end: number } {
  let start = 0;
  while (start < old.length && old[start] === now[start]) start += 1;
  let end = old.length;
  let other = now.length;
  while (end > start && other > start && old[end - 1] === now[other - 1]) {
    end -= 1;
    other -= 1;
  }
  return { start, end };
}

/** An element without elements is a value; one that was empty may have been filled. */
function leaves(element: XmlElement, path = ''): { element: XmlElement; line: string }[] {
  const here = `${path}/${element.local}`;
  if (element.children.length > 0) return element.children.flatMap((child) => leaves(child, here));
  return element.text.trim() === '' ? [] : [{ element, line: `${here} = ${element.text}` }];
}

function sameOrGrown(old: readonly string[], now: readonly string[]): boolean {
  return old.length === now.length && old.every((line, at) => line === now[at]);
}

function architectureOf(file: AnswerFile): Architecture {
  const named = file.document.root.children
    .flatMap((settings) => settings.children)
    .map((component) => attributeOf(component, 'processorArchitecture')?.toLowerCase());
  return (['amd64', 'x86', 'arm64'] as const).find((one) => named.includes(one)) ?? 'amd64';
}

const SETTINGS: HostSettings = {
  computerName: 'RM101-PC05',
  fields: {},
  region: { language: 'de-DE', formats: null, keyboard: null, timeZone: 'Europe/Berlin' },
  windows: {
    productKey: null,
    owner: 'School',
    organisation: 'School',
    administratorPassword: 'secret',
    autoLogon: null,
    skipQuestions: true,
    preventEncryption: true,
  },
  accounts: [{ name: 'pupil', fullName: null, password: '', administrator: false }],
  domain: { kind: 'workgroup', name: 'SCHOOL' },
  registryFiles: [],
  drivers: [{ path: 'all', files: [] }],
  firstBoot: null,
  linux: { account: null, sshKeys: [], commands: [], cloudInit: false },
};

function checkPlan(bytes: Uint8Array, architecture: Architecture): void {
  const facts: WindowsFacts = {
    build: 19045,
    architecture,
    language: 'en-US',
    languages: [],
    unattendFile: null,
    firstBootCommand: 'C:\\Mimeo\\start.cmd',
  };
  const view = (path: readonly string[], content: Uint8Array): FolderEntry => {
    const entry = path.reduceRight<Entry | null>(
      (below, name) =>
        below === null ? { kind: 'file', name, bytes: content } : { kind: 'folder', name, entries: [below] },
      null,
    );
    return { kind: 'folder', name: '', entries: entry === null ? [] : [entry] };
  };
  const first = planWindows(SETTINGS, facts, view(['Windows', 'System32', 'Sysprep', 'unattend.xml'], bytes));
  const written = first.edits.find((edit) => edit.kind === undefined);
  expect(written !== undefined, 'No answer file was planned');
  if (written?.kind !== undefined) return;
  const again = planWindows(SETTINGS, facts, view(ANSWER_FILE, written?.after ?? Buffer.alloc(0)));
  expect(!again.edits.some(isChange), 'A second run changes the file again');
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`${otherwise}.`);
}
