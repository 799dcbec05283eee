import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MimeoError } from '../../errors.ts';
import { mergeFor } from './layers.ts';
import { resolveHost } from './resolve-host.ts';
import { type LabHost, resolveLab } from './resolve-lab.ts';
import { host, NOTHING, profilesOf } from './testing/example.ts';

function labHosts(count: number, facts: Partial<LabHost> = {}): LabHost[] {
  return Array.from({ length: count }, (_, at) => {
    const mac = `00:1e:4f:00:${Math.floor(at / 256)
      .toString(16)
      .padStart(2, '0')}:${(at % 256).toString(16).padStart(2, '0')}`;
    return { ...host({ seat: null, mac }), id: `h${at}`, name: null, ...facts };
  });
}

const PLACES = `[[lab]]
name = "R101"
location = "Room"
naming = "{lab}-PC{seat:02}"
[[lab]]
name = "long"
naming = "Building-B-101-{seat}"
[[location]]
name = "Room"
`;

test('a lab is named by its rule, and each host knows its seat', () => {
  const profiles = profilesOf({ 'p.toml': `${PLACES}[windows]\nowner = "Seat {{seat}} in {{location}}"\n` });
  const { hosts } = resolveLab(profiles, NOTHING, { lab: 'r101', hosts: labHosts(300), taken: new Map() });
  assert.equal(hosts.size, 300);
  assert.equal(hosts.get('h299')?.settings.computerName, 'r101-PC300');
  assert.equal(hosts.get('h299')?.settings.windows.owner, 'Seat 300 in Room');
});

test('what is in the way of any host is told before any is deployed, once for all whom it concerns', () => {
  const profiles = profilesOf({ 'p.toml': `${PLACES}[windows]\nowner = "{{host.serial}}"\n` });
  const hosts = labHosts(5, { serial: null });
  hosts.push({ ...host({ mac: '00:1e:4f:ff:00:01' }), id: 'x', name: 'LIB-1' });
  const taken = new Map([['lib-1', 'a host of the lab Library']]);
  assert.throws(
    () => resolveLab(profiles, NOTHING, { lab: 'R101', hosts, taken }),
    (error) => {
      assert.ok(error instanceof MimeoError && error.code === 'profile-invalid');
      assert.deepEqual(error.message.split('\n'), [
        'p.toml, line 11, column 9: The host has nothing for {{host.serial}}. (R101-PC01, R101-PC02, R101-PC03 and 2 more) Take it out, or give the host a profile of its own.',
        'LIB-1 is already the name of a host of the lab Library. (00:1e:4f:ff:00:01) Choose another name in manifest.csv.',
      ]);
      return true;
    },
  );
  assert.throws(
    () => resolveLab(profiles, NOTHING, { lab: 'long', hosts: labHosts(2), taken: new Map() }),
    /^MimeoError: p\.toml, line 7, column 10: The rule Building-B-101-\{seat\} makes Building-B-101-1, which is 16 characters long; 15 is the most Windows takes\. \(00:1e:4f:00:00:00, 00:1e:4f:00:00:01\) Change the rule\.$/,
  );
});

const language = fc.constantFrom('de-DE', 'fr-FR', 'en-GB', 'it-IT');
const packages = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '!a', '!b', '!*'), { maxLength: 4 });
const sheet = fc.record({
  selector: fc.constantFrom(
    '',
    'images = ["win*"]',
    'labs = ["R101"]',
    'hosts = ["R101-*"]',
    'labs = ["other"]',
    'locations = ["In"]',
  ),
  language: fc.option(language),
  packages: fc.option(packages),
  order: fc.integer({ min: 0, max: 3 }),
});
const FIXED = `[[package]]
name = "a"
command = "a"
[[package]]
name = "b"
command = "b"
[[package]]
name = "c"
command = "c"
[[location]]
name = "Out"
packages = ["c"]
[[location]]
name = "In"
parent = "Out"
pattern = "^R"
packages = ["b"]
`;
const RANKS = ['', 'images', 'locations', 'labs', 'hosts'];

function textOf(one: typeof sheet extends fc.Arbitrary<infer T> ? T : never): string {
  return [
    `[for]\norder = ${one.order}\n${one.selector}`,
    one.language === null ? '' : `[region]\nlanguage = "${one.language}"`,
    one.packages === null ? '' : `[first_boot]\npackages = ${JSON.stringify(one.packages)}`,
  ].join('\n');
}

test('the most special profile wins, whatever the order of the files, and twice is as once', () => {
  fc.assert(
    fc.property(fc.array(sheet, { maxLength: 6 }), fc.nat(), (sheets, turn) => {
      const entries = [
        ['places.toml', FIXED] as const,
        ...sheets.map((one, at) => [`p${at}.toml`, textOf(one)] as const),
      ];
      const turned = [...entries.slice(turn % entries.length), ...entries.slice(0, turn % entries.length)];
      const profiles = profilesOf(Object.fromEntries(entries));
      const { settings } = resolveHost(profiles, NOTHING, host());
      assert.deepEqual(
        resolveHost(profilesOf(Object.fromEntries(turned)), NOTHING, host()).settings,
        settings,
      );

      // By the rules, and in another way: the last of those that say it.
      const mine = sheets
        .map((one, at) => ({ ...one, at, rank: RANKS.indexOf(one.selector.split(' ')[0] ?? '') }))
        .filter(({ selector }) => !selector.includes('other'))
        .sort((a, b) => a.rank - b.rank || a.order - b.order || a.at - b.at);
      assert.equal(settings.region.language, mine.findLast((one) => one.language !== null)?.language ?? null);

      const before = mine.filter(({ rank }) => rank < 2).map((one) => one.packages ?? []);
      const after = mine.filter(({ rank }) => rank >= 2).map((one) => one.packages ?? []);
      let wanted: string[] = [];
      for (const name of [...before, ['c'], ['b'], ...after].flat()) {
        if (name.startsWith('!')) wanted = wanted.filter((one) => name !== '!*' && name !== `!${one}`);
        else if (!wanted.includes(name)) wanted.push(name);
      }
      assert.deepEqual(settings.firstBoot?.packages.map(({ name }) => name) ?? [], wanted);
    }),
    { numRuns: 100 },
  );
});

test('a location inherits what is around it, in order from the outside in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), (depth) => {
      const text = Array.from({ length: depth }, (_, at) =>
        [
          `[[printer]]\nname = "p${at}"\npath = '\\\\s\\p${at}'`,
          `[[location]]\nname = "l${at}"\nprinters = ["p${at}"]`,
          at === 0 ? '' : `parent = "l${at - 1}"`,
          at === depth - 1 ? 'pattern = "."' : '',
        ].join('\n'),
      );
      const profiles = profilesOf({ 'l.toml': text.reverse().join('\n') });
      const location = profiles.locations.byName.get(`l${depth - 1}`) ?? null;
      const merged = mergeFor(profiles.sheets, { ...host(), location });
      assert.deepEqual(
        merged.list('first_boot.printers').map(({ value }) => value),
        Array.from({ length: depth }, (_, at) => `p${at}`),
      );
    }),
    { numRuns: 20 },
  );
});
