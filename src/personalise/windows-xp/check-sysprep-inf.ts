import type { HostSettings } from '../settings.ts';
import { type FolderEntry, isChange } from '../types.ts';
import { readWindowsText } from '../windows-text.ts';
import { type Answer, isAnswered, noAnswers, textAnswer, wordAnswer, writeAnswer } from './answer.ts';
import { CTRL_Z, linesOf } from './ini-lines.ts';
import { planXp, SYSPREP_INF } from './plan.ts';
import { editedBytes } from './xp-text.ts';

/** Each alone: something plain, something that needs quotes, a number, a switch, and taking out. */
const CHANGES: readonly Answer[] = [
  textAnswer('UserData', 'ComputerName', 'R101-PC05', 'It'),
  textAnswer('UserData', 'FullName', 'School, west wing; 50%', 'It'),
  textAnswer('GuiUnattended', 'AdminPassword', 'se;cret', 'It', { alwaysQuoted: true }),
  wordAnswer('GuiUnattended', 'TimeZone', '110'),
  wordAnswer('Unattended', 'OemSkipEula', 'Yes'),
  textAnswer('Identification', 'JoinDomain', 'school.example', 'It'),
  ...noAnswers('Identification', ['JoinWorkgroup']),
];

/**
 * Proves on somebody's answer file (sysprep.inf, winnt.sif, unattend.txt) that nothing but the wanted value changes:
 * each of a few settings is written, and every line compared; then a whole host is planned on it, twice.
 *
 * @param name of the file, for errors
 * @returns how many values were changed
 * @throws MimeoError `sysprep-inf-invalid` for a file that Windows does not read either
 * @throws Error saying what else was changed
 */
export function checkSysprepInf(bytes: Uint8Array, name: string): number {
  const original = readWindowsText(bytes, name);
  expect(
    Buffer.compare(editedBytes(original, original.text, name), bytes) === 0,
    'It is not written back as it was',
  );
  for (const answer of CHANGES) {
    const changed = writeAnswer(original.text, answer);
    expect(isAnswered(changed, answer), `${answer.key} does not read back`);
    expect(writeAnswer(changed, answer) === changed, `${answer.key} is written twice`);
    compareLines(original.text, changed, answer);
  }
  checkPlan(bytes);
  return CHANGES.length;
}

/** Every line of the old text stands in the new one, in order, bar those of the answer's key; the rest is new. */
function compareLines(old: string, now: string, { section, key, written }: Answer): void {
  const after = rawLines(now);
  let at = 0;
  let changed = 0;
  for (const line of rawLines(old)) {
    const isOurs = line.section === section.toLowerCase() && line.key === key.toLowerCase();
    const found = after.findIndex((one, index) => index >= at && one.raw === line.raw);
    if (found >= at) {
      const between = after.slice(at, found);
      expect(
        between.every((one) => isNew(one, section, key)),
        `A line was put in that is not ${key}`,
      );
      at = found + 1;
    } else {
      expect(isOurs, `A line beside ${key} is another one now: ${line.raw.trim()}`);
      const head = line.raw.slice(0, line.valueStart);
      expect(
        written === null || after[at]?.raw.startsWith(head) === true,
        `${key} lost the form of its line`,
      );
      changed += 1;
      if (written !== null) at += 1;
    }
  }
  expect(changed <= 1 || written === null, `${key} was changed ${changed} times`);
  expect(
    after.slice(at).every((one) => isNew(one, section, key)),
    `A line was put in that is not ${key}`,
  );
}

interface RawLine {
  /** Without its line end, and Ctrl-Z: what is put in at the end of a file comes in between. */
  readonly raw: string;
  readonly section: string | null;
  readonly isHeader: boolean;
  readonly key: string | null;
  readonly valueStart: number;
}

function isNew(line: RawLine, section: string, key: string): boolean {
  if (line.isHeader) return line.section === section.toLowerCase();
  return line.raw === '' || (line.section === section.toLowerCase() && line.key === key.toLowerCase());
}

function rawLines(text: string): RawLine[] {
  let section: string | null = null;
  return [...linesOf(text)].map((line) => {
    section = line.section ?? section;
    return {
      raw: text.slice(line.start, line.end).replaceAll(CTRL_Z, ''),
      section,
      isHeader: line.section !== null,
      key: line.entry?.key.toLowerCase() ?? null,
      valueStart: (line.entry?.valueStart ?? line.start) - line.start,
    };
  });
}

const SETTINGS: HostSettings = {
  computerName: 'R101-PC05',
  fields: {},
  region: { language: 'pl-PL', formats: 'de-DE', keyboard: null, timeZone: 'Europe/Berlin' },
  windows: {
    productKey: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
    owner: 'School',
    organisation: 'School',
    administratorPassword: 'secret',
    autoLogon: { account: 'Administrator', password: 'secret', count: 1 },
    skipQuestions: true,
    preventEncryption: false,
  },
  accounts: [{ name: 'pupil', fullName: null, password: '', administrator: false }],
  domain: { kind: 'credentials', domain: 'school.example', account: 'join', password: 'x', unit: 'OU=Labs' },
  registryFiles: [],
  drivers: [{ path: 'all', files: [{ path: 'net.inf', bytes: 1, sha256: '' }] }],
  firstBoot: null,
  linux: { account: null, sshKeys: [], commands: [], cloudInit: false },
};

function checkPlan(bytes: Uint8Array): void {
  const facts = { version: 'xp', windowsFolder: 'WINDOWS', firstBootCommand: null } as const;
  const view = (content: Uint8Array): FolderEntry => ({
    kind: 'folder',
    name: '',
    entries: [
      {
        kind: 'folder',
        name: SYSPREP_INF[0],
        entries: [{ kind: 'file', name: SYSPREP_INF[1], bytes: content }],
      },
    ],
  });
  const inf = (content: Uint8Array) =>
    planXp(SETTINGS, facts, view(content)).edits.find((edit) => edit.path.at(-1) === SYSPREP_INF[1]);
  const first = inf(bytes);
  const second = first === undefined ? undefined : inf(first.after);
  expect(second !== undefined && !isChange(second), 'A second run changes the file again');
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`${otherwise}.`);
}
