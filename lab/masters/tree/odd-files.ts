import { ATTRIBUTE, type TreeEntry } from './entry.ts';
import { junk } from './junk.ts';

const MiB = 1024 * 1024;
const HOME = 'Documents and Settings/Schüler';

/** Names in several scripts and cases. Two look alike: one é is a letter, the other e and an accent. */
const NAMES = [
  'Über uns – Größe/Straße & Fuß.txt',
  'Ελληνικά/Αρχείο με Κεφαλαία.txt',
  'Кириллица/Документ №5.txt',
  '漢字/資料 (最終).txt',
  '한국어/파일.txt',
  'العربية/ملف.txt',
  'emoji 😀🚀/🎓 Diplom 𝄞.txt',
  'Caf\u00e9.txt',
  'Cafe\u0301.txt',
  'ALLCAPS.TXT',
  'MiXeD cAsE.TxT',
  ' leading blank.txt',
  '.hidden.by.dot',
  'no extension',
  `${'x'.repeat(120)}${'ß'.repeat(120)}.long name.txt`,
  `${Array.from({ length: 24 }, (_, level) => `level ${level}`).join('/')}/deep.txt`,
];

/** What breaks careless imaging: odd names, odd sizes, holes, compression, streams, links, junctions. */
export function oddFiles(): TreeEntry[] {
  return [...namedFiles(), ...sizes(), ...holes(), ...compressed(), ...streams(), ...links(), ...crowd()];
}

function namedFiles(): TreeEntry[] {
  return NAMES.map((name) => text(`${HOME}/${name}`, `Dies ist ${name}\r\n`));
}

/** Resident in the file record, just beyond it, one cluster, one more, and nothing. */
function sizes(): TreeEntry[] {
  return [0, 1, 400, 1000, 4095, 4096, 4097, 65_536, 3 * MiB + 17].map((size) => ({
    kind: 'file',
    path: `${HOME}/sizes/${size} bytes.bin`,
    content: { bytes: junk(`size ${size}`, size) },
  }));
}

function holes(): TreeEntry[] {
  const pieces = [0, 5 * MiB, 33 * MiB].map((at) => ({ at, bytes: junk(`hole ${at}`, 8192) }));
  return [
    { kind: 'file', path: `${HOME}/sparse/database.mdb`, content: { size: 40 * MiB, pieces } },
    { kind: 'file', path: `${HOME}/sparse/all hole.bin`, content: { size: 16 * MiB, pieces: [] } },
  ];
}

/** Files made in a compressed folder are compressed; one of them cannot be made smaller. */
function compressed(): TreeEntry[] {
  const folder = 'WINDOWS/$NtUninstallKB951847$';
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, at) => `entry ${at}=value\r\n`).join('');
  return [
    { kind: 'folder', path: folder, attributes: ATTRIBUTE.compressed | ATTRIBUTE.hidden },
    ...[50, 3000, 40_000].map((count) => text(`${folder}/spuninst ${count}.inf`, lines(count))),
    { kind: 'file', path: `${folder}/random.cab`, content: { bytes: junk('cab', 300_000) } },
  ];
}

function streams(): TreeEntry[] {
  return [
    {
      ...text(`${HOME}/Downloads/setup.exe`, 'MZ not a program'),
      streams: {
        'Zone.Identifier': Buffer.from('[ZoneTransfer]\r\nZoneId=3\r\n'),
        'größe 😀': junk('stream', 40_000),
      },
    },
    { kind: 'folder', path: `${HOME}/Bilder`, streams: { thumbnails: junk('thumbnails', 5000) } },
  ];
}

function links(): TreeEntry[] {
  return [
    {
      kind: 'file',
      path: 'WINDOWS/system32/shared.dll',
      content: { bytes: junk('dll', 70_000) },
      hardLinks: ['WINDOWS/system32/dllcache/shared.dll'],
    },
    { kind: 'folder', path: 'Documents and Settings/Default', reparseData: junction('\\??\\C:\\WINDOWS') },
  ];
}

/** A folder whose index fills many blocks. */
function crowd(): TreeEntry[] {
  return Array.from({ length: 900 }, (_, at) => text(`WINDOWS/inf/oem${at}.inf`, `; driver ${at}\r\n`));
}

function text(path: string, content: string): TreeEntry & { kind: 'file' } {
  return { kind: 'file', path, content: { bytes: Buffer.from(content) } };
}

/** Reparse data of a junction: tag, length, then target and shown name in UTF-16. */
function junction(target: string): Buffer {
  const substitute = Buffer.from(target, 'utf16le');
  const shown = Buffer.from(target.replace('\\??\\', ''), 'utf16le');
  const names = Buffer.concat([substitute, Buffer.alloc(2), shown, Buffer.alloc(2)]);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(0xa0000003, 0);
  head.writeUInt16LE(8 + names.length, 4);
  head.writeUInt16LE(0, 8);
  head.writeUInt16LE(substitute.length, 10);
  head.writeUInt16LE(substitute.length + 2, 12);
  head.writeUInt16LE(shown.length, 14);
  return Buffer.concat([head, names]);
}
