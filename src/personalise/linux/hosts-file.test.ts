import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainInHosts, nameInHosts, otherAddressesOf } from './hosts-file.ts';

const DEBIAN =
  '127.0.0.1\tlocalhost\n127.0.1.1\tmaster.school.example\tmaster # installer\n\n# v6\n::1 localhost ip6-loopback\n';

test("Debian's own line gets the new names; domain, comment and blanks stay", () => {
  const domain = domainInHosts(DEBIAN, 'master');
  assert.equal(domain, 'school.example');
  assert.equal(
    nameInHosts(DEBIAN, { name: 'PC05', domain, oldName: 'master' }),
    DEBIAN.replace('master.school.example\tmaster', 'PC05.school.example\tPC05'),
  );
});

test("a file without that line gets one; the master's name goes from the others, aliases stay", () => {
  const fedora =
    '127.0.0.1   localhost localhost.localdomain master www\n::1         localhost master master.lan\n';
  assert.equal(
    nameInHosts(fedora, { name: 'PC05', domain: null, oldName: 'master' }),
    '127.0.0.1   localhost localhost.localdomain PC05 www\n127.0.1.1\tPC05\n::1         localhost PC05\n',
  );
});

test('localhost is nobody, and a name that only begins alike is another', () => {
  const text = '127.0.0.1 localhost.localdomain localhost\n127.0.0.2 master2 masterful.example\n';
  assert.equal(
    nameInHosts(text, { name: 'PC05', domain: null, oldName: 'localhost' }),
    '127.0.0.1 localhost.localdomain localhost\n127.0.1.1\tPC05\n127.0.0.2 master2 masterful.example\n',
  );
  assert.equal(domainInHosts(text, 'localhost'), null);
  assert.match(
    nameInHosts(text, { name: 'PC05', domain: null, oldName: 'master' }),
    /master2 masterful\.example/,
  );
});

test("the master's fixed address is found", () => {
  const text = '192.0.2.7 master.school.example master\n192.0.2.8 server # master\n';
  assert.deepEqual(otherAddressesOf(text, 'master'), ['192.0.2.7']);
});

test('whatever the file: the name is found at 127.0.1.1, a second time changes nothing, and no other line changes', () => {
  const word = fc.constantFrom(
    'master',
    'master.lan',
    'localhost',
    'www',
    'PC05',
    'x.example',
    '#',
    '# c',
    '127.0.0.1',
  );
  const line = fc.tuple(
    fc.constantFrom('127.0.0.1', '127.0.1.1', '::1', '192.0.2.1', '#', ''),
    fc.array(word),
    fc.constantFrom(' ', '\t', '  '),
  );
  const file = fc
    .array(line.map(([address, words, gap]) => [address, ...words].join(gap)))
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(file, fc.option(fc.constant('school.example')), (text, domain) => {
      const names = { name: 'PC05', domain, oldName: 'master' };
      const once = nameInHosts(text, names);
      assert.equal(nameInHosts(once, { ...names, oldName: 'PC05' }), once);
      const own = once.split('\n').find((one) => /^\s*127\.0\.1\.1(\s|$)/.test(one)) ?? '';
      assert.match(
        own,
        domain === null
          ? /^\s*127\.0\.1\.1\s+PC05(\s|$)/
          : /^\s*127\.0\.1\.1\s+PC05\.school\.example\s+PC05(\s|$)/,
      );
      const rest = (all: string): string[] => all.split('\n').filter((one) => !/^\s*(127\.|::1)/.test(one));
      assert.deepEqual(rest(once), rest(text));
    }),
  );
});
