import { settingsOfOrder } from '../order-settings.ts';
import type { HostSettings } from '../settings.ts';
import type { Change, Entry, FolderEntry } from '../types.ts';
import type { WindowsFacts } from './facts.ts';

/** Settings of a host that say little. */
export const PLAIN: HostSettings = settingsOfOrder({
  computerName: 'RM101-PC05',
  fields: { 'host.name': 'RM101-PC05' },
  registryFiles: [],
});

/** Settings of a host that say everything. */
export const FULL: HostSettings = {
  ...PLAIN,
  region: { language: 'de-DE', formats: 'de-CH', keyboard: 'de-CH', timeZone: 'Europe/Zurich' },
  windows: {
    productKey: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
    owner: 'Lehrer & Schüler',
    organisation: 'School <North>',
    administratorPassword: 'Pa$$ "w" ',
    autoLogon: { account: 'pupil', password: '', count: 3 },
    skipQuestions: true,
    preventEncryption: true,
  },
  accounts: [
    { name: 'pupil', fullName: 'Schüler', password: '', administrator: false },
    { name: 'teacher', fullName: null, password: 'x', administrator: true },
  ],
  domain: { kind: 'workgroup', name: 'SCHOOL' },
  registryFiles: [reg('My school.reg'), reg('desk.first-logon.reg')],
  drivers: [{ path: 'Dell', files: [] }],
};

export const TEN: WindowsFacts = {
  build: 19045,
  architecture: 'amd64',
  language: 'en-US',
  languages: ['en-US', 'de-DE'],
  unattendFile: null,
  firstBootCommand: null,
};

export function reg(name: string): { name: string; content: string } {
  const text = 'REGEDIT4\r\n[HKEY_USERS\\X]\r\n@="{{host.name}}"\r\n';
  return { name, content: Buffer.from(text).toString('base64') };
}

/** A volume with these files, by their paths with `\` between the parts. */
export function volume(files: Readonly<Record<string, string | Uint8Array>>): FolderEntry {
  const root: { kind: 'folder'; name: string; entries: Entry[] } = { kind: 'folder', name: '', entries: [] };
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('\\');
    let here = root.entries;
    for (const name of parts.slice(0, -1)) {
      const present = here.find((entry) => entry.name === name);
      const folder =
        present?.kind === 'folder' ? present : { kind: 'folder' as const, name, entries: [] as Entry[] };
      if (present === undefined) here.push(folder);
      here = folder.entries as Entry[];
    }
    here.push({ kind: 'file', name: parts.at(-1) ?? '', bytes: Buffer.from(content as string) });
  }
  return root;
}

/** The files of a volume after a plan, by their paths. */
export function after(
  before: Readonly<Record<string, string | Uint8Array>>,
  edits: readonly Change[],
): Record<string, string> {
  const files = Object.fromEntries(
    Object.entries(before).map(([path, content]) => [path, Buffer.from(content as string).toString()]),
  );
  for (const edit of edits) {
    const path = edit.path.join('\\');
    if (edit.kind === 'removal') delete files[path];
    else if (edit.kind === undefined || edit.kind === 'file')
      files[path] = Buffer.from(edit.after).toString();
  }
  return files;
}

/** An answer file with these passes in it, in the manner of somebody else. */
export function answerFile(inner: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n<unattend xmlns="urn:schemas-microsoft-com:unattend">\n${inner}\n</unattend>\n`;
}

export function component(name: string, inner: string, architecture = 'amd64'): string {
  return `<component name="Microsoft-Windows-${name}" processorArchitecture="${architecture}" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">${inner}</component>`;
}

export function pass(name: string, inner: string, attributes = ''): string {
  return `<settings pass="${name}"${attributes}>${inner}</settings>`;
}

/** One that says a computer name. */
export function named(name: string): string {
  return answerFile(pass('specialize', component('Shell-Setup', `<ComputerName>${name}</ComputerName>`)));
}
