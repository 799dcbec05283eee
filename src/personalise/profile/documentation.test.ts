import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { profileProblemWords } from './problem.ts';
import { resolveHost } from './resolve-host.ts';
import { FORGETTABLE, sheetSchema } from './sheet-schema.ts';
import { TEMPLATE_FIELDS } from './template.ts';
import { files, host, readTexts } from './testing/example.ts';

const text = await readFile(new URL('../../../docs/profiles.md', import.meta.url), 'utf8');

test('the examples of docs/profiles.md work, together', () => {
  const blocks = [...text.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJm0';
  const { profiles, problems, warnings } = readTexts(
    Object.fromEntries(
      blocks.map((block, at) => [`${at}.toml`, block.replace('AAAAC3NzaC1lZDI1NTE5AAAAI…', key)]),
    ),
  );
  assert.deepEqual(problems.map(profileProblemWords), []);
  assert.deepEqual(warnings, []);
  const hash = '$6$salt$0123456789abcdef';
  const secrets = {
    'windows-key': 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
    administrator: 'x',
    pupil: 'y',
    'linux-hash': hash,
  };
  const material = {
    registryFiles: ['labs/r101.reg', 'games.reg', 'school.reg'].map((name) => ({ name, content: '' })),
    packageFolders: new Map([
      ['7zip', { path: '7zip', files: files('7z.msi') }],
      ['office/2021', { path: 'Office/2021', files: files('setup.exe', 'x64/a.cab', 'x86/a.cab') }],
    ]),
    driverFolders: new Map([['hp/laserjet', { path: 'HP/LaserJet', files: files('hpcu.inf') }]]),
    secrets: new Map(Object.entries(secrets)),
  };
  const { settings, offlineJoin } = resolveHost(profiles, material, host());
  assert.equal(offlineJoin?.unit, 'OU=R101,OU=Labs,DC=school,DC=example');
  assert.equal(settings.region.keyboard, 'de-CH');
  assert.equal(settings.firstBoot?.defaultPrinter, 'laser-r101');
  assert.equal(settings.firstBoot?.packages.length, 2);
  assert.deepEqual(
    settings.registryFiles.map(({ name }) => name),
    ['school.reg', 'labs/r101.reg'],
  );
});

test('docs/profiles.md names every field and every key', () => {
  for (const field of TEMPLATE_FIELDS) assert.ok(text.includes(`{{${field}}}`), field);
  const keys = [
    ...Object.keys(sheetSchema.shape),
    ...FORGETTABLE.map((name) => name.split('.').at(-1) ?? name),
  ];
  for (const key of keys) assert.match(text, new RegExp(`\\b${key}\\b`), key);
});
