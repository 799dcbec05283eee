import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { locate } from './locations.ts';
import { profileProblemWords } from './problem.ts';
import { goodProfiles } from './profiles.ts';
import { profilesOf, readTexts } from './testing/example.ts';

function problems(texts: Readonly<Record<string, string>>): string[] {
  return readTexts(texts).problems.map(profileProblemWords);
}

test('names that nothing has, or two things have, are told across the files', () => {
  const texts = {
    'places.toml': `[[location]]
name = "School"
printers = ["Hal"]
[[location]]
name = "R101"
parent = "Schol"
[[location]]
name = "r101"
default_printer = "Foo"
packages = ["!Office"]
[[lab]]
name = "R101"
location = "R102"
[[lab]]
name = "R101"
`,
    'things.toml': `[[printer]]
name = "Hall"
path = '\\\\print\\hall'
[[printer]]
name = "HALL"
path = '\\\\print\\hall'
[for]
locations = ["R1*", "Rom101"]
[first_boot]
printers = ["!*", "!Hall", "Hll"]
packages = ["7zip"]
`,
  };
  assert.deepEqual(problems(texts), [
    'places.toml, line 15, column 8: The lab R101 is already defined: places.toml, line 11, column 1. Keep one of the two.',
    'places.toml, line 8, column 8: The location r101 is already defined: places.toml, line 4, column 1. Keep one of the two.',
    'things.toml, line 5, column 8: The printer HALL is already defined: things.toml, line 1, column 1. Keep one of the two.',
    'places.toml, line 6, column 10: There is no location Schol, the parent of R101. Did you mean School?',
    'places.toml, line 13, column 12: There is no location R102. Did you mean R101?',
    'places.toml, line 3, column 13: There is no printer Hal. Did you mean Hall?',
    'things.toml, line 10, column 28: There is no printer Hll. Did you mean Hall?',
    'things.toml, line 11, column 13: There is no package 7zip. Define it as a [[package]].',
    'things.toml, line 8, column 21: There is no location Rom101. Did you mean R101?',
  ]);
});

test('a package is defined once for a system, and an exit code means one thing', () => {
  const found = problems({
    'p.toml': `[[package]]
name = "a"
systems = ["7", "10"]
[[package]]
name = "A"
systems = ["10"]
architectures = ["x86"]
[[package]]
name = "a"
systems = ["xp"]
success_codes = [0, 5]
retry_codes = [5]
[[package]]
name = "../b"
`,
  });
  assert.equal(found.length, 3);
  assert.match(found[0] ?? '', /line 5, .* A is already defined for some of these systems: p.toml, line 1/);
  assert.match(found[1] ?? '', /line 8, .* exit code 5 of a means several things/);
  assert.match(found[2] ?? '', /line 14, .* needs folder/);
  assert.deepEqual(
    problems({ 'p.toml': '[[package]]\nname = "a"\nsuccess_codes = [0, 3010]\n' }),
    [],
    '3010 is moved',
  );
});

test('locations in a circle, patterns for nothing and patterns in vain are found', () => {
  const found = problems({
    'l.toml': `[[location]]
name = "A"
parent = "B"
[[location]]
name = "B"
parent = "C"
[[location]]
name = "C"
parent = "A"
[[location]]
name = "Room"
pattern = '^R101-'
[[location]]
name = "All"
pattern = '^R'
priority = 5
[[location]]
name = "Never"
pattern = '^R_101'
[[location]]
name = "Broken"
pattern = '^R(1'
`,
  });
  assert.deepEqual(found, [
    'l.toml, line 9, column 10: The locations are inside each other in a circle: A in B in C in A. Take the parent out of one of them.',
    'l.toml, line 22, column 14: The pattern has a ( without a ). Write it more simply.',
    'l.toml, line 12, column 11: No host can come to Room: every name of its pattern goes to All (l.toml, line 13, column 1), which has a higher priority. Change a priority or a pattern.',
    'l.toml, line 19, column 11: No computer can have a name that this pattern matches. A name has up to 15 of the letters A to Z, digits and dashes, and no dash at its end.',
  ]);
});

test('a host stands where its name says, at the innermost place, else where its lab is', () => {
  const { locations } = profilesOf({
    'l.toml': `[[location]]
name = "School"
[[location]]
name = "Building"
parent = "School"
pattern = '^R'
[[location]]
name = "R101"
parent = "Building"
pattern = '^R101-'
[[location]]
name = "Teachers"
pattern = '-T$'
priority = 10
[[location]]
name = "Left"
pattern = '^X'
[[location]]
name = "Right"
pattern = 'Y$'
`,
  });
  const at = (name: string, labLocation: string | null = null): string => {
    const found = locate(locations, { name, labLocation });
    if (found.kind === 'doubt') return `? ${found.locations.map((one) => one.name).join(' ')}`;
    return found.kind === 'nowhere' ? '-' : found.location.chain.map((one) => one.name).join('/');
  };
  assert.equal(at('R101-PC1'), 'School/Building/R101');
  assert.equal(at('r102-pc1'), 'School/Building');
  assert.equal(at('R101-T'), 'Teachers', 'priority goes before all');
  assert.equal(at('X1Y'), '? Left Right');
  assert.equal(at('PC1'), '-');
  assert.equal(at('PC1', 'building'), 'School/Building');
  assert.equal(at('X1', 'building'), 'Left', 'the name goes before the lab');
});

test('with a file that cannot be read, names that it may define are not missed', () => {
  const found = problems({
    'a.toml': '[[package]]\nname = \n',
    'b.toml': '[first_boot]\npackages = ["7zip"]\n',
  });
  assert.equal(found.length, 1);
});

test('all problems are one error, in the order of the files', () => {
  const reading = readTexts({
    'b.toml': '[regoin]\n',
    'a.toml': 'x = 1\ny = 2\n',
    '10.toml': 'z = 1\n',
    '9.toml': 'z = 1\n',
  });
  assert.throws(
    () => goodProfiles(reading),
    (error) => {
      assert.ok(error instanceof MimeoError && error.code === 'profile-invalid');
      const places = error.message.split('\n').map((line) => line.split(':')[0]);
      assert.deepEqual(places, [
        '9.toml, line 1, column 1',
        '10.toml, line 1, column 1',
        'a.toml, line 1, column 1',
        'a.toml, line 2, column 1',
        'b.toml, line 1, column 1',
      ]);
      return true;
    },
  );
});
