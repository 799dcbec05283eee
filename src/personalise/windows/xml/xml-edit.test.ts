import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../../errors.ts';
import { readXmlBytes, writeXmlBytes } from './xml-bytes.ts';
import { appendChild, removeElement, setText, transplant } from './xml-edit.ts';
import { parseXml, type XmlDocument, type XmlElement } from './xml-tree.ts';

const parse = (text: string): XmlDocument => parseXml(text, 'a.xml', 'utf-8');

function find(document: XmlDocument, ...path: string[]): XmlElement {
  let here = document.root;
  for (const name of path) {
    const next = here.children.find((one) => one.local === name);
    assert.ok(next, name);
    here = next;
  }
  return here;
}

test('a text is replaced and nothing else: quotes, blanks in tags, entities, comments, CDATA, line ends', () => {
  const text =
    "<?xml version='1.0'?>\r\n<!-- <n>x</n> -->\r\n<r  a = '\"&gt;'\t>\r\n\t<m>a &amp; &#x42;</m >\r\n\t<n\n>old</n>\n<c><![CDATA[</n>]]></c></r>\r\n<!-- end -->";
  const document = parse(text);
  assert.equal(setText(document, find(document, 'n'), 'new & <').text, text.replace('old', 'new &amp; &lt;'));
  assert.equal(find(document, 'm').text, 'a & B');
  assert.equal(find(document, 'c').text, '</n>');
  assert.equal(setText(document, find(document, 'm'), 'a & B'), document);
});

test('an element that closes itself takes a text; comments beside a text stay', () => {
  const document = parse('<r><n  a="1" /><m>x<!-- why -->y</m></r>');
  const once = setText(document, find(document, 'n'), 'v');
  assert.equal(once.text, '<r><n  a="1">v</n><m>x<!-- why -->y</m></r>');
  assert.equal(setText(once, find(once, 'm'), 'z').text, '<r><n  a="1">v</n><m>z<!-- why --></m></r>');
  assert.equal(find(document, 'm').text, 'xy');
});

test('a new element is laid out as the file is', () => {
  const child = { name: 'n', content: [{ name: 'x', content: '1' }] };
  const grown = (text: string): string => {
    const document = parse(text);
    return appendChild(document, document.root, child).text;
  };
  assert.equal(
    grown('<r>\n\t<m/>\n\t<!-- end -->\n</r>'),
    '<r>\n\t<m/>\n\t<!-- end -->\n\t<n>\n\t\t<x>1</x>\n\t</n>\n</r>',
  );
  assert.equal(
    grown('<r>\r\n    <m/></r>'),
    '<r>\r\n    <m/>\r\n    <n>\r\n        <x>1</x>\r\n    </n></r>',
  );
  assert.equal(grown('<r><m/></r>'), '<r><m/><n><x>1</x></n></r>');
  assert.equal(grown('<r/>'), '<r>\r\n  <n>\r\n    <x>1</x>\r\n  </n>\r\n</r>');
  assert.equal(grown('<r>\n</r>'), '<r>\n  <n>\n    <x>1</x>\n  </n>\n</r>');
});

test('an element goes with its line, or alone where others share the line', () => {
  const gone = (text: string): string => {
    const document = parse(text);
    return removeElement(document, find(document, 'n')).text;
  };
  assert.equal(gone('<r>\r\n  <m/>\r\n  <n>1</n>  \r\n  <o/>\r\n</r>'), '<r>\r\n  <m/>  \r\n  <o/>\r\n</r>');
  assert.equal(gone('<r>\n  <n/><o/>\n</r>'), '<r>\n  <o/>\n</r>');
});

test('an element of another file brings the prefixes that it needs', () => {
  const from = parse('<u:r xmlns:u="urn:a" xmlns:w="urn:w">\n  <u:s w:action="add">é</u:s>\n</u:r>');
  const into = parse('<r xmlns="urn:a">\n</r>');
  const done = transplant(into, into.root, from, find(from, 's'));
  assert.equal(
    done.text,
    '<r xmlns="urn:a">\n  <u:s xmlns:u="urn:a" xmlns:w="urn:w" w:action="add">é</u:s>\n</r>',
  );
});

test('encodings come back byte for byte', () => {
  const text = '<?xml version="1.0"?><r>é\u{1f600}</r>';
  const declared = '<?xml version="1.0" encoding="ISO-8859-1"?><r>é</r>';
  const forms: Buffer[] = [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`),
    Buffer.from(`\ufeff${text}`, 'utf16le'),
    Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    Buffer.from(text, 'utf16le'),
    Buffer.from(declared, 'latin1'),
  ];
  for (const bytes of forms) assert.deepEqual(writeXmlBytes(readXmlBytes(bytes, 'a.xml')), bytes);
  const old = readXmlBytes(forms[5] ?? Buffer.alloc(0), 'a.xml');
  const document = parseXml(old.text, 'a.xml', old.encoding);
  const changed = setText(document, document.root, 'Schüler ☺');
  assert.ok(writeXmlBytes({ ...old, text: changed.text }).includes('Sch&#252;ler &#9786;'));
});

test('what is not to be read is refused with its place', () => {
  const refuses = (text: string, words: RegExp): void =>
    assert.throws(
      () => parse(text),
      (error) =>
        error instanceof MimeoError && error.code === 'unattend-invalid' && words.test(error.message),
    );
  refuses('<r>\n  <a></b>\n</r>', /^a\.xml, line 2, column \d+: This is no well-formed XML/);
  refuses('<!DOCTYPE r [<!ENTITY x "y">]>\n<r>&x;</r>', /document type/);
  refuses('<r>&x;</r>', /entity/);
  refuses('<r xmlns:a="urn:a"><b:c/></r>', /prefix/);
  refuses('', /no element|root/);
  refuses(`${'<a>'.repeat(200)}${'</a>'.repeat(200)}`, /deep/);
  assert.throws(() => readXmlBytes(Buffer.from([0x3c, 0xff, 0x3e]), 'a.xml'), /not in UTF-8/);
  assert.throws(() => readXmlBytes(Buffer.from([0xff, 0xfe, 0x3c]), 'a.xml'), /middle of a character/);
  assert.throws(() => readXmlBytes(Buffer.alloc(5_000_000), 'a.xml'), /far more/);
  const document = parse('<r/>');
  assert.throws(() => setText(document, document.root, 'a\u0001'), /U\+0001/);
});
