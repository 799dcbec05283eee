import { settingsOfOrder } from '../../order-settings.ts';
import type { HostSettings } from '../../settings.ts';
import type { Entry, FolderEntry } from '../../types.ts';
import { planXp } from '../plan.ts';
import type { XpFacts } from '../xp-facts.ts';

/** Settings that say a name and nothing else. */
export const silent: HostSettings = settingsOfOrder({
  computerName: 'R101-PC05',
  fields: { 'host.name': 'R101-PC05' },
  registryFiles: [],
});
export const { windows } = silent;
/** Settings that say something of everything. */
export const full: HostSettings = {
  ...silent,
  region: { language: 'de-DE', formats: null, keyboard: 'de-CH', timeZone: 'Europe/Berlin' },
  windows: {
    ...windows,
    productKey: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
    owner: 'Room 101',
    organisation: 'School, west wing',
    administratorPassword: 'a;b 50%',
    autoLogon: { account: 'pupil', password: 'pencil', count: 2 },
    skipQuestions: true,
  },
  accounts: [{ name: 'pupil', fullName: 'Schüler', password: 'pen"cil', administrator: false }],
  domain: {
    kind: 'credentials',
    domain: 'school.example',
    account: 'SCHOOL\\join',
    password: 'narrow',
    unit: 'OU=Labs,DC=school,DC=example',
  },
  registryFiles: [
    { name: 'school.reg', content: Buffer.from('REGEDIT4\r\n[HKEY_USERS\\X]\r\n').toString('base64') },
  ],
  drivers: [
    {
      path: 'dell/780',
      files: ['net/e1k.inf', 'net/E1K.SYS', 'video/x/gfx.INF', 'net/other.inf'].map((path) => ({
        path,
        bytes: 1,
        sha256: '00',
      })),
    },
  ],
};
export const facts: XpFacts = {
  version: 'xp',
  windowsFolder: 'WINDOWS',
  firstBootCommand: 'cmd /c C:\\Mimeo\\first-boot\\install.cmd',
};
/** As Setup Manager indents it, with odd forms that people write. */
export const MASTER = `;SetupMgrTag\r
[Unattended]\r
    OemSkipEula=Yes\r
    InstallFilesPath=C:\\sysprep\\i386\r
    OemPnPDriversPath=Drivers\\own;drivers\\dell\\780\\net\r
\r
[GuiUnattended]\r
    AdminPassword="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"\r
    EncryptedAdminPassword=Yes\r
    TimeZone=085 ; London\r
    OEMSkipRegional=1\r
\r
[UserData]\r
    FullName="School"\r
    ComputerName=*\r
\r
[Identification]\r
    JoinWorkgroup=LAB\r
[Networking]\r
    InstallDefaultComponents=Yes\r
`;

function folder(name: string, ...entries: Entry[]): FolderEntry {
  return { kind: 'folder', name, entries };
}
export function volume(inf: string, encoding: BufferEncoding = 'latin1'): FolderEntry {
  return folder(
    '',
    folder('Sysprep', { kind: 'file', name: 'sysprep.inf', bytes: Buffer.from(inf, encoding) }),
  );
}
/** The volume with what a plan writes in it. */
export function after(
  view: FolderEntry,
  edits: readonly { path: readonly string[]; after: Uint8Array }[],
): FolderEntry {
  const put = (at: FolderEntry, [name = '', ...rest]: readonly string[], bytes: Uint8Array): FolderEntry => {
    const entries = at.entries ?? [];
    const old = entries.find((entry) => entry.name === name);
    const made: Entry =
      rest.length === 0
        ? { kind: 'file', name, bytes }
        : put(old?.kind === 'folder' ? old : folder(name), rest, bytes);
    return { ...at, entries: [...entries.filter((entry) => entry !== old), made] };
  };
  return edits.reduce((root, edit) => put(root, edit.path, edit.after), view);
}
export function files(
  view: FolderEntry,
  settings: HostSettings,
  some: XpFacts = facts,
): Record<string, string> {
  return Object.fromEntries(
    planXp(settings, some, view).edits.map((edit) => [
      edit.path.join('\\'),
      Buffer.from(edit.after).toString('latin1'),
    ]),
  );
}
export const sysprepInf = (settings: HostSettings, inf = MASTER, some = facts): string =>
  files(volume(inf), settings, some)['Sysprep\\sysprep.inf'] ?? '';
