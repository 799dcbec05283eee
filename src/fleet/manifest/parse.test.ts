import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseManifest, problemWords } from '../index.ts';
import { encodeText } from './text-form.ts';
import { decodeWindows1252 } from './windows-1252.ts';

const images = new Set(['win-xp', 'win-7', 'lab-ä']);

function parse(text: string | Uint8Array, knownImages: ReadonlySet<string> | null = images) {
  return parseManifest(typeof text === 'string' ? Buffer.from(text) : text, { knownImages });
}
function told(text: string): string[] {
  return parse(text).problems.map((problem) => `${problem.line}:${problem.column} ${problem.code}`);
}
const row = { mac: '00:1e:4f:00:00:01', image: 'win-xp', name: 'R101-PC01', lab: null };

test('with or without a header, in any order, with any delimiter and spelling of the MAC', () => {
  for (const text of [
    '00:1e:4f:00:00:01,win-xp,R101-PC01\n',
    '00-1E-4F-00-00-01;win-xp;R101-PC01',
    '001e.4f00.0001\twin-xp\tR101-PC01\r\n',
    'MAC,Image,Name\r\n001e4f000001,win-xp,R101-PC01\r\n',
    '\n# our school\n\nComputer Name;MAC-Adresse;Notes;Abbild\nR101-PC01;00:1e:4f:00:00:01;by the door;win-xp\n;;;\n',
    'sep=;\r\n"Rechnername";"MAC Address";"image"\r\n"R101-PC01";"00:1e:4f:00:00:01";"win-xp"\r\n',
    ' 00:1e:4f:00:00:01 , win-xp , R101-PC01 ',
    'hostname\timage\tmac\rR101-PC01\twin-xp\t00 1e 4f 00 00 01\r',
  ]) {
    const parsed = parse(text);
    assert.deepEqual(parsed.problems, [], text);
    assert.deepEqual(
      parsed.rows.map(({ mac, image, name, lab }) => ({ mac, image, name, lab })),
      [row],
      text,
    );
  }
});

test('a lab column is taken, and a version of an image', () => {
  const parsed = parse('mac,raum,image,name\n00:1e:4f:00:00:01,Räume 2,win-xp@3,R101-PC01\n');
  assert.deepEqual(parsed.rows, [{ ...row, image: 'win-xp@3', lab: 'Räume 2', line: 2 }]);
  assert.equal(parse('001e4f000001,win-xp,PC1,R101').rows[0]?.lab, 'R101');
  assert.equal(parse('001e4f000001,win-xp,PC1,"the ""big"" one, left"').rows[0]?.lab, 'the "big" one, left');
  assert.equal(parse('001e4f000001,win-xp,PC').rows[0]?.name, 'PC', 'a name that is a header word too');
});

test('every encoding that editors save', () => {
  const text = 'mac;image;name;lab\r\n00:1e:4f:00:00:01;lab-ä;R101-PC01;Büro – 2\r\n';
  const files = {
    utf8: Buffer.from(text),
    utf8bom: Buffer.from(`\ufeff${text}`),
    utf16le: Buffer.from(`\ufeff${text}`, 'utf16le'),
    utf16be: Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    utf16leBare: Buffer.from(text, 'utf16le'),
    utf16beBare: Buffer.from(text, 'utf16le').swap16(),
    windows1252: encodeText(text, 'windows-1252') ?? Buffer.alloc(0),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const parsed = parse(bytes);
    assert.deepEqual(parsed.problems, [], name);
    assert.deepEqual(parsed.rows, [{ ...row, image: 'lab-ä', lab: 'Büro – 2', line: 2 }], name);
  }
});

test('each mistake is told with its line and column, and the good lines still work', () => {
  const text = [
    'mac,image,name,lab',
    '00:1e:4f:00:00:01,win-xp,R101-PC01,r101',
    '00:1e:4f:00:00,win-xp,R101-PC02,r101',
    '01:00:5e:00:00:02,win-xp,R101-PC03,r101',
    '00:00:00:00:00:00,win-xp,R101-PC04,r101',
    '00:1e:4f:00:00:05,winxp,R101-PC05,r101',
    '00:1e:4f:00:00:06,win-xp,R101 PC06,r101',
    '00:1e:4f:00:00:07,win-xp',
    '00:1e:4f:00:00:08,win-xp,"R101-PC08,r101',
    '00:1e:4f:00:00:09,win-xp,R101-PC09,r101',
  ].join('\n');
  assert.deepEqual(told(text), [
    '3:1 bad-mac',
    '4:1 bad-mac',
    '5:1 bad-mac',
    '6:19 unknown-image',
    '7:26 bad-name',
    '8:25 missing-value',
    '9:26 bad-quote',
    '9:26 bad-name',
  ]);
  assert.deepEqual(
    parse(text).rows.map((good) => good.line),
    [2, 10],
  );
  const [first, , , image] = parse(text).problems;
  assert.equal(first?.message, '00:1e:4f:00:00 is no MAC: 10 hexadecimal digits instead of 12.');
  assert.equal(
    image && problemWords(image),
    'line 6, column 19: There is no image named winxp. Did you mean win-xp?',
  );
});

test('an image is known in any case, with a colon, a version or a label', () => {
  const known = new Set(['win-xp', 'Win7', 'Win7@Approved']);
  const images = ['WIN-XP', 'win-xp:3', 'win7@2', 'win7@approved', 'WIN7:APPROVED'];
  const lines = images.map((image, i) => `00:1e:4f:00:00:0${i},${image},PC-${i},r1`);
  const parsed = parse(`mac,image,name,lab\n${lines.join('\n')}\n`, known);
  assert.deepEqual(parsed.problems, []);
  assert.deepEqual(
    parsed.rows.map(({ image }) => image),
    images,
  );
  assert.equal(
    parse('mac,image,name,lab\n00:1e:4f:00:00:01,win7@tested,PC-1,r1\n', known).problems.length,
    1,
  );
});

test('duplicates: neither line is taken, a mere repetition leaves the first', () => {
  const text = [
    '00:1e:4f:00:00:01,win-xp,PC1',
    '00-1E-4F-00-00-01,win-7,PC2',
    '00:1e:4f:00:00:03,win-xp,PC3',
    '00:1e:4f:00:00:04,win-xp,pc3',
    '00:1e:4f:00:00:05,win-xp,PC5',
    '00:1e:4f:00:00:05,win-xp,PC5',
  ].join('\n');
  assert.deepEqual(told(text), ['2:1 duplicate-mac', '4:26 duplicate-name', '6:1 duplicate-mac']);
  assert.deepEqual(
    parse(text).rows.map((good) => good.name),
    ['PC5'],
  );
  assert.deepEqual(
    parse(text).badLines.map((bad) => bad.line),
    [1, 2, 3, 4, 6],
  );
});

test('a header without the needed columns, or with one twice', () => {
  assert.deepEqual(told('mac,name\n001e4f000001,PC1\n'), ['1:1 missing-column']);
  assert.deepEqual(told('mac,image,name,Hostname\n001e4f000001,win-xp,PC1,PC2\n'), ['1:16 repeated-column']);
  assert.deepEqual(parse('mac,image,name\n').problems, []);
});

test('what is no manifest gives one clear problem', () => {
  const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(300_000, 0x5a)]);
  const told = (bytes: Uint8Array) => parse(bytes).problems.map(({ code, message }) => `${code}: ${message}`);
  assert.deepEqual(told(jpeg), ['not-text: The file is a JPEG picture, not a manifest.']);
  assert.match(told(Buffer.from('504b030414000600', 'hex'))[0] ?? '', /Excel workbook/);
  assert.match(told(Buffer.from([0x41, 0x02, 0x00, 0x42, 0x17]))[0] ?? '', /binary data/);
  assert.deepEqual(told(Buffer.alloc(0)), ['empty: The file is empty.']);
  assert.equal(parse(jpeg).form, null);
});

test('ten thousand lines, good or bad, are read in well under a second, and problems are capped', () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, n) =>
      `00:1e:4f:${(n >> 16).toString(16).padStart(2, '0')}:${((n >> 8) & 255).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')},win-xp,PC-${n}`,
  );
  const start = performance.now();
  assert.equal(parse(lines.join('\r\n')).rows.length, 10_000);
  const bad = parse(lines.map((line) => line.replace('win-xp', 'win-xq')).join('\n'));
  const spent = performance.now() - start;
  assert.ok(spent < 1500, `${spent} ms`);
  assert.equal(bad.problems.length, 101);
  assert.equal(bad.problems.at(-1)?.message, 'There are 9900 more problems from here on.');
  assert.equal(bad.badLines.length, 10_000);
});

test('nothing crashes, whatever the bytes; good rows are unique in MAC and name', () => {
  const soup = fc
    .array(
      fc.constantFrom(
        '00:1e:4f:00:00:01',
        '001e4f000002',
        'win-xp',
        'PC1',
        'pc1',
        'PC2',
        ',',
        ',',
        ';',
        '\t',
        '\n',
        '\r\n',
        '"',
        '#',
        'mac',
        'name',
        'image',
        ' ',
        'ü',
      ),
      { maxLength: 60 },
    )
    .map((parts) => Buffer.from(parts.join('')));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), soup), (bytes) => {
      const { rows } = parse(bytes);
      assert.equal(new Set(rows.map((good) => good.mac)).size, rows.length);
      assert.equal(new Set(rows.map((good) => good.name.toLowerCase())).size, rows.length);
    }),
    { numRuns: 500 },
  );
});

test('Windows-1252 keeps every byte', () => {
  const all = Uint8Array.from({ length: 256 }, (_, code) => code);
  assert.deepEqual(encodeText(decodeWindows1252(all), 'windows-1252'), Buffer.from(all));
  assert.equal(decodeWindows1252(Buffer.from([0x80, 0x93, 0xfc])), '€“ü');
  assert.equal(encodeText('ж', 'windows-1252'), null);
});
