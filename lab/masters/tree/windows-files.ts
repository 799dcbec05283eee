import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SOFTWARE_KEYS, SYSTEM_KEYS, writeHive } from '../registry/hives.ts';
import { ATTRIBUTE, type TreeEntry } from './entry.ts';
import { junk } from './junk.ts';

const SYSTEM_FILE = ATTRIBUTE.hidden | ATTRIBUTE.system | ATTRIBUTE.archive;

/**
 * A sealed master's answer file as a technician wrote it: comments with umlauts in Windows-1252, CRLF,
 * blanks where people put them. (In the letters used here Latin-1 and Windows-1252 agree.)
 */
export const SYSPREP_INF = Buffer.from(
  [
    '; Antwortdatei für die Rechner der Schule – bitte nicht löschen!'.replace('–', '-'),
    '; Geändert von Jürgen, 12. März 2009',
    '',
    '[Unattended]',
    '    OemSkipEula=Yes',
    '    InstallFilesPath=C:\\sysprep\\i386',
    '',
    '[GuiUnattended]',
    '    AdminPassword="äußerst geheim"',
    '    OEMSkipRegional=1',
    '    TimeZone=110   ; Westeuropa',
    '    OemSkipWelcome=1',
    '',
    '[UserData]',
    '    ProductKey="AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"',
    '    FullName="Schüler"',
    '    OrgName="Grundschule Süd"',
    '    ComputerName=MASTER    ; wird für jeden Rechner ersetzt',
    '',
    '[Identification]',
    '    JoinWorkgroup=SCHULE',
    '',
    '[Networking]',
    '    InstallDefaultNetworkComponents=Yes',
    '',
  ].join('\r\n'),
  'latin1',
);

/** The files that make a tree a sealed Windows XP, as far as a deployment looks at it. */
export async function windowsFiles(scratch: string, hiveTime: bigint): Promise<TreeEntry[]> {
  const config = 'WINDOWS/system32/config';
  return [
    system(
      'boot.ini',
      '[boot loader]\r\ntimeout=30\r\ndefault=multi(0)disk(0)rdisk(0)partition(1)\\WINDOWS\r\n',
    ),
    system('ntldr', junk('ntldr', 250_048)),
    system('NTDETECT.COM', junk('ntdetect', 47_564)),
    // Windows never reads it again; its contents need not be stored.
    system('pagefile.sys', junk('pagefile', 12 * 1024 * 1024)),
    file('Sysprep/sysprep.inf', SYSPREP_INF),
    file('Sysprep/sysprep.exe', junk('sysprep', 90_000)),
    file('Sysprep/setupcl.exe', junk('setupcl', 25_000)),
    file('Sysprep/i386/$oem$/cmdlines.txt', '[Commands]\r\n"regedit /s C:\\Sysprep\\schule.reg"\r\n'),
    file(`${config}/system`, await hive(scratch, 'System32\\Config\\SYSTEM', hiveTime, SYSTEM_KEYS)),
    file(`${config}/software`, await hive(scratch, 'System32\\Config\\SOFTWARE', hiveTime, SOFTWARE_KEYS)),
    file(`${config}/default`, await hive(scratch, 'System32\\Config\\DEFAULT', hiveTime, {})),
  ];
}

async function hive(
  scratch: string,
  name: string,
  time: bigint,
  keys: Parameters<typeof writeHive>[3],
): Promise<Buffer> {
  const path = join(scratch, 'hive');
  await writeHive(path, name, time, keys);
  return readFile(path);
}

function file(path: string, content: string | Buffer): TreeEntry & { kind: 'file' } {
  return { kind: 'file', path, content: { bytes: Buffer.from(content) } };
}

function system(path: string, content: string | Buffer): TreeEntry {
  return { ...file(path, content), attributes: SYSTEM_FILE };
}
