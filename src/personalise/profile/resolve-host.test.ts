import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { placeWords } from './problem.ts';
import { resolveHost } from './resolve-host.ts';
import { files, host, NOTHING, profilesOf } from './testing/example.ts';
import { material, reg, SCHOOL } from './testing/school.ts';

test('a host gets what its profiles say, from general to its own, and each value knows its line', () => {
  const { settings, origins, locations, warnings } = resolveHost(profilesOf(SCHOOL), material, host());
  assert.deepEqual(warnings, []);
  assert.deepEqual(locations, ['Building B', 'R101']);
  assert.deepEqual(settings, {
    computerName: 'R101-PC05',
    fields: {
      'host.name': 'R101-PC05',
      'host.mac': '00:1e:4f:00:00:05',
      'host.serial': '5BR2K2J',
      'host.uuid': '4c4c4544-0042-3510-8052-b3c04f4b4e32',
      'lab.name': 'R101',
      location: 'R101',
      'location.parent': 'Building B',
      'image.name': 'win11-school',
      'image.version': '3',
      seat: '5',
    },
    region: { language: 'fr-CH', formats: 'en-GB', keyboard: 'de-CH', timeZone: 'Europe/Berlin' },
    windows: {
      productKey: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
      owner: 'School',
      organisation: 'Building B, R101',
      administratorPassword: null,
      autoLogon: { account: 'pupil', password: 'pupil-secret', count: 1 },
      skipQuestions: true,
      preventEncryption: true,
    },
    accounts: [{ name: 'PUPIL', fullName: null, password: 'pupil-secret', administrator: true }],
    domain: {
      kind: 'credentials',
      domain: 'school.example',
      account: 'joiner',
      password: 'join-secret',
      unit: 'OU=R101,OU=Labs,DC=school,DC=example',
    },
    registryFiles: [reg('school.reg'), reg('labs/r101.reg')],
    drivers: [{ path: 'HP/Laser', files: files('hp.inf', 'hp.sys') }],
    firstBoot: {
      report: null,
      printers: [
        { kind: 'shared', name: 'hall', path: '\\\\print\\hall-R101-PC05' },
        {
          kind: 'direct',
          name: 'laser',
          address: '192.0.2.9',
          driver: 'HP Universal',
          inf: 'HP/Laser/hp.inf',
        },
      ],
      defaultPrinter: 'laser',
      packages: [
        {
          name: '7zip',
          files: files('7z.msi'),
          command: 'msiexec /i "7z.msi" /qn /norestart',
          successCodes: [0],
          rebootCodes: [3010, 1641],
          retryCodes: [1618],
          retries: 10,
          timeoutSeconds: 1800,
          detect: null,
        },
        {
          name: 'office',
          files: files('setup.exe', 'x64/a.cab'),
          command: 'setup.exe /configure "R101"',
          successCodes: [0, 1641],
          rebootCodes: [3010],
          retryCodes: [1618],
          retries: 10,
          timeoutSeconds: 5400,
          detect: { kind: 'registry', key: 'HKLM\\SOFTWARE\\Office', value: 'Version' },
        },
      ],
    },
    linux: {
      account: null,
      sshKeys: [],
      commands: ['hostnamectl', 'echo R101-PC05 > /etc/motd'],
      cloudInit: true,
    },
  });
  const from = (path: string): string => {
    const at = origins.get(path);
    return at === undefined ? '-' : placeWords(at);
  };
  assert.equal(from('region.language'), 'r101.toml, line 5, column 12');
  assert.equal(from('region.formats'), 'win.toml, line 5, column 11');
  assert.equal(from('domain'), 'school.toml, line 15, column 8');
  assert.equal(from('firstBoot.packages[office]'), 'places.toml, line 3, column 13');
  assert.equal(from('registryFiles[labs/r101.reg]'), 'r101.toml, line 7, column 23');
  assert.equal(from('windows.preventEncryption'), '-', 'nobody said it');
});

test('a profile for the host alone wins over all, and forgets', () => {
  const { settings } = resolveHost(profilesOf(SCHOOL), material, host({ name: 'R101-T' }));
  assert.equal(settings.windows.autoLogon, null);
  assert.deepEqual(settings.domain, { kind: 'workgroup', name: 'TEACHERS' });
  assert.deepEqual(settings.registryFiles, [], 'forgotten, not as if nobody had said anything');
  assert.deepEqual(
    settings.firstBoot?.packages.map(({ name }) => name),
    ['office'],
  );
});

test('without profiles there is the name, and what lies in the folder registry', () => {
  const { settings } = resolveHost(profilesOf({}), material, host({ lab: null, serial: null }));
  assert.deepEqual(settings.registryFiles, [reg('school.reg'), reg('work.reg')]);
  assert.equal(settings.firstBoot, null);
  assert.equal(settings.domain, null);
  assert.equal(settings.fields['lab.name'], '');
});

test('an offline join is left to the server; a packet for another Windows is left out; Linux has no first boot here', () => {
  const offline = { ...SCHOOL, 'z.toml': '[for]\norder = 600\n[domain]\njoin = "offline"\n' };
  const { settings, offlineJoin } = resolveHost(profilesOf(offline), material, host());
  assert.equal(settings.domain, null);
  assert.deepEqual(offlineJoin, {
    domain: 'school.example',
    unit: 'OU=R101,OU=Labs,DC=school,DC=example',
    account: 'joiner',
    password: 'join-secret',
  });
  const seven = host({ system: { family: 'windows', generation: '7', architecture: 'x86' } });
  assert.deepEqual(resolveHost(profilesOf(SCHOOL), material, seven).warnings, [
    'The package office is not for this system and is left out.',
  ]);
  const linux = host({ system: { family: 'linux', generation: null, architecture: 'amd64' } });
  assert.equal(resolveHost(profilesOf(SCHOOL), material, linux).settings.firstBoot, null);
});

test('everything that a host lacks is told at once, with its place', () => {
  const texts = {
    'a.toml': `[windows]
owner = "{{host.serial}}"
organisation = "{{location}}"
administrator_password = { secret = "missing" }
[domain]
join = "credentials"
domain = "{{lab.name}}"
[registry]
files = ["absent.reg", "no*.reg"]
[drivers]
folders = ["Foo"]
[first_boot]
packages = ["two"]
default_printer = "hall"
[linux]
password_hash = { secret = "join" }
commands = ["adduser {{lab.name}}"]
[[printer]]
name = "hall"
path = '\\\\print\\hall'
[[package]]
name = "two"
systems = ["10"]
[[package]]
name = "two"
systems = ["11"]
`,
  };
  assert.throws(
    () => resolveHost(profilesOf(texts), material, host({ serial: null, lab: 'R1;reboot', system: null })),
    (error) => {
      assert.ok(error instanceof MimeoError);
      assert.deepEqual(error.message.split('\n'), [
        'a.toml, line 2, column 9: For R101-PC05: The host has nothing for {{host.serial}}. Take it out, or give the host a profile of its own.',
        'a.toml, line 3, column 16: For R101-PC05: The host has nothing for {{location}}. Take it out, or give the host a profile of its own.',
        'a.toml, line 4, column 26: For R101-PC05: There is no secret missing on this server. Write it into a file of that name.',
        'a.toml, line 6, column 8: For R101-PC05: join = "credentials" needs account, and no profile for this host has it. Add account under [domain].',
        'a.toml, line 6, column 8: For R101-PC05: join = "credentials" needs password, and no profile for this host has it. Add password under [domain].',
        'a.toml, line 7, column 10: For R101-PC05: Filled in, {{lab.name}} is R1;reboot, which is no DNS name of a domain, such as school.example. Correct it.',
        "a.toml, line 9, column 10: For R101-PC05: There is no file absent.reg in the share's registry. Put it there, or correct the name.",
        "a.toml, line 11, column 12: For R101-PC05: There is no folder Foo in the share's drivers. Put it there, or correct the name.",
        'a.toml, line 13, column 13: For R101-PC05: Which two is right cannot be told, as it is not known which Windows the image holds. Capture the image again, or write a [[package]] without systems and architectures.',
        'a.toml, line 14, column 19: For R101-PC05: The default printer hall is none of the printers of the host. Add it to printers, here or for the location.',
        'a.toml, line 16, column 17: For R101-PC05: What the secret join holds is no password hash, as `openssl passwd -6` makes it; a password in plain text does not belong here. Correct its file on the server.',
        'a.toml, line 17, column 13: For R101-PC05: The field lab.name is R1;reboot, which cannot stand in a command. Name it with letters, digits, blanks and dashes only.',
      ]);
      return true;
    },
  );
});

test('what a lab is called cannot change where in the domain its hosts go', () => {
  const texts = {
    'a.toml': '[domain]\njoin = "offline"\ndomain = "a.example"\nunit = "OU={{lab.name}},DC=a,DC=example"\n',
  };
  const { offlineJoin } = resolveHost(profilesOf(texts), NOTHING, host({ lab: 'R1,OU=Servers' }));
  assert.equal(offlineJoin?.unit, 'OU=R1\\,OU\\=Servers,DC=a,DC=example');
});

test('two profiles that are as general and disagree are pointed out; order decides', () => {
  const texts = {
    'a.toml': '[region]\nlanguage = "de-DE"\n',
    'b.toml': '[region]\nlanguage = "fr-FR"\n',
  };
  const both = resolveHost(profilesOf(texts), NOTHING, host());
  assert.equal(both.settings.region.language, 'fr-FR');
  assert.match(
    both.warnings.join(),
    /b\.toml, line 2, .*region\.language is said differently in a\.toml, line 2/,
  );
  const ordered = { ...texts, 'a.toml': `[for]\norder = 501\n${texts['a.toml']}` };
  const one = resolveHost(profilesOf(ordered), NOTHING, host());
  assert.equal(one.settings.region.language, 'de-DE');
  assert.deepEqual(one.warnings, []);
});
