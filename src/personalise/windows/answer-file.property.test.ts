import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  findAll,
  freshAnswerFile,
  type Place,
  readAnswerFile,
  removeSetting,
  writeAnswerFile,
  writeSetting,
} from './answer-file.ts';
import { checkUnattend } from './check-unattend.ts';

/** How somebody's editor wrote the file. */
interface Style {
  readonly eol: string;
  readonly indent: string;
  readonly quote: string;
  readonly prefix: string;
  readonly blank: string;
  readonly encoding: 'utf8' | 'utf8-mark' | 'utf16le' | 'utf16be';
}

const style: fc.Arbitrary<Style> = fc.record({
  eol: fc.constantFrom('\n', '\r\n', ''),
  indent: fc.constantFrom('', '  ', '\t', '    '),
  quote: fc.constantFrom('"', "'"),
  prefix: fc.constantFrom('', '', 'u:'),
  blank: fc.constantFrom('', ' ', '\n'),
  encoding: fc.constantFrom('utf8', 'utf8-mark', 'utf16le', 'utf16be'),
});

/** A value as a file may write it. */
const text = fc.constantFrom(
  '',
  'x',
  'true',
  'a &amp; b',
  '&#x41;é',
  '<![CDATA[<b>&]]>',
  'a<!-- c -->',
  ' x ',
);

interface Node {
  readonly name: string;
  readonly content: string | readonly Node[];
  readonly comment: boolean;
}

const values = [
  'ComputerName',
  'RegisteredOwner',
  'JoinWorkgroup',
  'UILanguage',
  'Value',
  'Name',
  'Order',
  'Other',
];
const folders = ['Identification', 'AutoLogon', 'Password', 'UserAccounts', 'LocalAccounts', 'LocalAccount'];
const commands = ['RunSynchronous', 'RunSynchronousCommand'];
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.record({ name: fc.constantFrom(...values), content: text, comment: fc.boolean() }),
    fc.record({
      name: fc.constantFrom(...folders, ...commands),
      content: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      comment: fc.boolean(),
    }),
  ),
}));

const file = fc.array(
  fc.record({
    pass: fc.constantFrom('windowsPE', 'specialize', 'oobeSystem', 'generalize'),
    components: fc.array(
      fc.record({
        name: fc.constantFrom('Shell-Setup', 'UnattendedJoin', 'International-Core', 'Deployment', 'Other'),
        architecture: fc.constantFrom('amd64', 'AMD64', 'x86'),
        content: fc.array(node, { maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { maxLength: 4 },
);

function written(passes: typeof file extends fc.Arbitrary<infer T> ? T : never, how: Style): Buffer {
  const { eol, indent, quote, prefix, blank } = how;
  const line = (depth: number, content: string): string => `${eol}${indent.repeat(depth)}${content}`;
  const element = ({ name, content, comment }: Node, depth: number): string => {
    const note = comment ? line(depth, `<!-- ${name} -->`) : '';
    if (content === '') return `${note}${line(depth, `<${prefix}${name}${blank}/>`)}`;
    const inner =
      typeof content === 'string'
        ? content
        : content.map((child) => element(child, depth + 1)).join('') + line(depth, '');
    return `${note}${line(depth, `<${prefix}${name}${blank}>${inner}</${prefix}${name}${blank}>`)}`;
  };
  const settings = passes.map(({ pass, components }) => {
    const inner = components.map(({ name, architecture, content }) => {
      const tag = `<${prefix}component name=${quote}Microsoft-Windows-${name}${quote} processorArchitecture=${quote}${architecture}${quote}>`;
      return `${line(2, tag)}${content.map((child) => element(child, 3)).join('')}${line(2, `</${prefix}component>`)}`;
    });
    return `${line(1, `<${prefix}settings pass=${quote}${pass}${quote}>`)}${inner.join('')}${line(1, `</${prefix}settings>`)}`;
  });
  const xmlns = prefix === '' ? 'xmlns' : 'xmlns:u';
  const body = `<${prefix}unattend ${xmlns}=${quote}urn:schemas-microsoft-com:unattend${quote}>${settings.join('')}${line(0, `</${prefix}unattend>`)}`;
  switch (how.encoding) {
    case 'utf8':
      return Buffer.from(body);
    case 'utf8-mark':
      return Buffer.from(`\ufeff${body}`);
    case 'utf16le':
      return Buffer.from(`\ufeff${body}`, 'utf16le');
    case 'utf16be':
      return Buffer.from(`\ufeff${body}`, 'utf16le').swap16();
  }
}

test('in any answer file only the wanted value changes, and planning twice changes nothing', () => {
  fc.assert(
    fc.property(file, style, (passes, how) => {
      checkUnattend(written(passes, how), 'any.xml');
    }),
    { numRuns: 25 },
  );
});

test('any value that XML can hold is read back; taken out again, nothing is left of it', () => {
  const place: Place = { pass: 'specialize', component: 'Any' };
  const value = fc.string({ unit: 'grapheme' }).filter((one) => !/[^\t\n\r\P{Cc}]|[\ufffe\uffff]/u.test(one));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 1, maxLength: 4 }),
      value,
      (path, one) => {
        const fresh = freshAnswerFile('amd64');
        const full = writeSetting(fresh, place, path, one);
        const read = readAnswerFile(writeAnswerFile(full), 'x', 'amd64');
        assert.equal(findAll(read, place, path)[0]?.text, one);
        const empty = removeSetting(read, place, path).document.root;
        assert.equal(empty.children.length, 0);
      },
    ),
    { numRuns: 100 },
  );
});

test('any bytes are read or refused in words', () => {
  const start = fc.constantFrom(
    '',
    '<?xml version="1.0"?>',
    '<unattend xmlns="urn:schemas-microsoft-com:unattend">',
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 60 }), (head, tail) => {
      try {
        readAnswerFile(Buffer.concat([Buffer.from(head), tail]), 'x', 'amd64');
      } catch (error) {
        assert.match(String((error as Error & { code?: string }).code), /^unattend-invalid$/);
      }
    }),
    { numRuns: 300 },
  );
});
