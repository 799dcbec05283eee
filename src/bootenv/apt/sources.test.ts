import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findDebianMirror,
  mirrorFromUrl,
  parseDeb822Sources,
  parseOneLineSources,
  sourcesFile,
} from './sources.ts';

const oneLine = `
# deb http://commented.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://other.example/apt stable-thing main
deb cdrom:[Debian 12]/ bookworm main
deb http://mirror.example/debian/ bookworm main contrib   # a remark
deb\thttp://security.example/debian-security bookworm-security main
`;

const deb822 = `Types: deb
# Suites: sid
URIs: https://mirror.example/debian
# URIs: https://older.example/debian
 https://second.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 URIs: none
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm-security
Components: main

types: deb deb-src
uris: http://security.example/debian-security/
suites: bookworm-security
components: main
`;

test('one-line sources: options, comments and other types', () => {
  assert.deepEqual(parseOneLineSources(oneLine), [
    { uri: 'https://other.example/apt', suites: ['stable-thing'] },
    { uri: 'cdrom:[Debian', suites: ['12]/'] },
    { uri: 'http://mirror.example/debian/', suites: ['bookworm'] },
    { uri: 'http://security.example/debian-security', suites: ['bookworm-security'] },
  ]);
});

test('deb822 sources: continued fields, disabled stanzas, keys inside', () => {
  assert.deepEqual(parseDeb822Sources(deb822), [
    { uri: 'https://mirror.example/debian', suites: ['bookworm', 'bookworm-updates'] },
    { uri: 'https://second.example/debian', suites: ['bookworm', 'bookworm-updates'] },
    { uri: 'http://security.example/debian-security/', suites: ['bookworm-security'] },
  ]);
});

test('the machine’s Debian mirror is found in both formats', () => {
  const found = { main: 'http://mirror.example/debian', security: 'http://security.example/debian-security' };
  assert.deepEqual(findDebianMirror(parseOneLineSources(oneLine)), found);
  assert.deepEqual(findDebianMirror(parseDeb822Sources(deb822)), {
    ...found,
    main: 'https://mirror.example/debian',
  });
});

test('Ubuntu’s archive is no Debian mirror, nor is a third party’s', () => {
  const ubuntu =
    'deb http://archive.example/ubuntu noble main\ndeb http://archive.example/ubuntu noble-security main';
  assert.equal(findDebianMirror(parseOneLineSources(ubuntu)), null);
  assert.equal(findDebianMirror(parseOneLineSources('deb https://vendor.example/apt nodistro main')), null);
});

test('the sources file names the one release with firmware, signed by the archive’s keyring', () => {
  const mirror = mirrorFromUrl('http://mirror.example/debian/');
  assert.deepEqual(mirror, {
    main: 'http://mirror.example/debian',
    security: 'http://mirror.example/debian-security',
  });
  const whole = parseDeb822Sources(sourcesFile(mirror, '/k.gpg', true));
  assert.deepEqual(whole, [
    { uri: mirror.main, suites: ['trixie', 'trixie-updates'] },
    { uri: mirror.security, suites: ['trixie-security'] },
  ]);
  const bare = sourcesFile(mirror, '/k.gpg', false);
  assert.deepEqual(parseDeb822Sources(bare), [{ uri: mirror.main, suites: ['trixie'] }]);
  assert.match(bare, /^Components: main non-free-firmware$/m);
  assert.match(bare, /^Signed-By: \/k\.gpg$/m);
  assert.equal(mirrorFromUrl('http://mirror.example/pub').security, null);
});
