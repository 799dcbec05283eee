import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import { appendRow, formatMac, type ManifestRow, parseManifest, putRow, updateRow } from '../index.ts';
import { encodeText } from './text-form.ts';

const row: ManifestRow = { mac: '00:1e:4f:ab:cd:09', image: 'win-xp', name: 'R101-PC09', lab: null };

function add(text: string): string {
  return appendRow(Buffer.from(text), row).toString();
}
function refuses(act: () => unknown, words: RegExp): void {
  assert.throws(
    act,
    (error) =>
      error instanceof MimeoError && error.code === 'manifest-row-refused' && words.test(error.message),
  );
}

test('an answer is written like the other lines', () => {
  assert.equal(add(''), 'mac,image,name,lab\n00:1e:4f:ab:cd:09,win-xp,R101-PC09,\n');
  assert.equal(
    add('00-1E-4F-AB-CD-01;x;PC1\r\n'),
    '00-1E-4F-AB-CD-01;x;PC1\r\n00-1E-4F-AB-CD-09;win-xp;R101-PC09\r\n',
  );
  assert.equal(
    add('name\tmac\tnote\timage'),
    'name\tmac\tnote\timage\nR101-PC09\t00:1e:4f:ab:cd:09\t\twin-xp\n',
  );
  assert.equal(
    add('"PC1","001e.4fab.cd01","x"\n'.replace(/^/, '"name","mac","image"\n')),
    '"name","mac","image"\n"PC1","001e.4fab.cd01","x"\n"R101-PC09","001e.4fab.cd09","win-xp"\n',
  );
});

test('an answer changes the line of its MAC and no more', () => {
  const text =
    '# head\r\nname; mac ;image;lab\r\nPC1;001E4FABCD01;x;a\r\n"R101-PC08" ; 001E4FABCD09 ;"old;";\r\n\r\n';
  assert.equal(
    updateRow(Buffer.from(text), row).toString(),
    text.replace('"R101-PC08" ', '"R101-PC09"').replace('"old;"', '"win-xp"'),
  );
  const short = 'mac,image,name,note,lab\n001e4fabcd09,win-xp\n';
  assert.equal(
    updateRow(Buffer.from(short), { ...row, lab: 'R1' }).toString(),
    short.replace('win-xp', 'win-xp,R101-PC09,,R1'),
  );
  const same = '001e4fabcd09,win-xp,R101-PC09,keep\n';
  assert.equal(putRow(Buffer.from(same), row).toString(), same);
});

test('what must not be written is refused in words', () => {
  const file = Buffer.from('001e4fabcd09,win-xp,PC1\n001e4fabcd02,win-xp,r101-pc09\n');
  refuses(() => appendRow(file, row), /MAC 00:1e:4f:ab:cd:09 is already on line 1/);
  refuses(() => updateRow(file, row), /name R101-PC09 is already on line 2/);
  refuses(() => updateRow(file, { ...row, mac: '00:1e:4f:ab:cd:33' }), /on 0 lines/);
  refuses(() => appendRow(Buffer.alloc(0), { ...row, image: '=cmd|x' }), /formula/);
  refuses(() => appendRow(Buffer.alloc(0), { ...row, name: '+PC' }), /only the letters/);
  refuses(() => appendRow(Buffer.alloc(0), { ...row, lab: 'a\nb' }), /control characters/);
  refuses(() => appendRow(Buffer.from('ffd8ffe0', 'hex'), row), /JPEG/);
  refuses(() => appendRow(Buffer.from('mac,name\n'), row), /no column for image/);
  const ansi = Buffer.concat([
    Buffer.from('mac,image,name,lab\n# B'),
    Buffer.from([0xfc]),
    Buffer.from('ro\n'),
  ]);
  refuses(() => appendRow(ansi, { ...row, lab: 'Ж' }), /windows-1252/);
});

/** A manifest in any form, with unique rows in it. */
const files = fc
  .record({
    encoding: fc.constantFrom(
      'utf-8' as const,
      'utf-16le' as const,
      'utf-16be' as const,
      'windows-1252' as const,
    ),
    bom: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t'),
    eol: fc.constantFrom('\n', '\r\n', '\r'),
    lastEol: fc.boolean(),
    header: fc.constantFrom(
      null,
      ['mac', 'image', 'name', 'lab'],
      ['Lab', 'Rechner', 'Notiz', 'MAC', 'Image'],
    ),
    quotes: fc.boolean(),
    style: fc.record({
      separator: fc.constantFrom(':', '-', '.', ''),
      group: fc.constant(2 as const),
      upper: fc.boolean(),
    }),
    rows: fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 6 }),
    between: fc.constantFrom('', '# Größe', '  '),
  })
  .map((form) => {
    const header = form.header ?? ['mac', 'image', 'name', 'lab'];
    const cell = (key: string, n: number): string => {
      if (/mac/i.test(key)) return formatMac(`00:1e:4f:ab:cd:0${n}`, form.style);
      if (/image/i.test(key)) return 'win-xp';
      if (/name|rechner/i.test(key)) return `PC${n}`;
      return n % 2 === 0 ? 'Süd' : '';
    };
    const quote = (value: string) => (form.quotes ? `"${value}"` : value);
    const lines = form.rows.map((n) => header.map((key) => quote(cell(key, n))).join(form.delimiter));
    if (form.header !== null) lines.unshift(form.header.map(quote).join(form.delimiter));
    if (form.between !== '') lines.splice(1, 0, form.between);
    const text = lines.join(form.eol) + (form.lastEol ? form.eol : '');
    const mark = form.bom && form.encoding !== 'windows-1252' ? '\ufeff' : '';
    return { bytes: encodeText(mark + text, form.encoding) ?? Buffer.alloc(0), form };
  });

test('appending keeps every byte, and the file then holds exactly one row more', () => {
  fc.assert(
    fc.property(files, ({ bytes }) => {
      const before = parseManifest(bytes, { knownImages: null });
      const after = appendRow(bytes, row);
      assert.ok(after.subarray(0, bytes.length).equals(bytes));
      const parsed = parseManifest(after, { knownImages: null });
      assert.deepEqual(parsed.problems, []);
      assert.deepEqual(parsed.rows.slice(0, -1), before.rows);
      const { line: _, ...added } = parsed.rows.at(-1) ?? { line: 0 };
      assert.deepEqual(added, row);
      assert.equal(parsed.form?.encoding, before.form?.encoding);
      assert.deepEqual(parsed.form?.macStyle.separator, before.form?.macStyle.separator);
    }),
    { numRuns: 400 },
  );
});

test('updating changes exactly one row, and takes it back to the same bytes', () => {
  fc.assert(
    fc.property(files, fc.nat(), ({ bytes }, pick) => {
      const before = parseManifest(bytes, { knownImages: null }).rows;
      const old = before[pick % before.length];
      assert.ok(old);
      const { line, ...target } = { ...old, image: 'win-7', name: 'NEW-NAME' };
      const changed = updateRow(bytes, target);
      const after = parseManifest(changed, { knownImages: null }).rows;
      assert.deepEqual(
        after,
        before.map((one) => (one === old ? { ...target, line } : one)),
      );
      assert.deepEqual(
        updateRow(changed, { mac: old.mac, image: old.image, name: old.name, lab: old.lab }),
        bytes,
      );
    }),
    { numRuns: 400 },
  );
});
