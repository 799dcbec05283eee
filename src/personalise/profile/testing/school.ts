import type { Material } from '../material.ts';
import { files } from './example.ts';

export const reg = (name: string) => ({ name, content: '' });

/** What the example's share holds. */
export const material: Material = {
  registryFiles: [reg('labs/r101.reg'), reg('school.reg'), reg('work.reg')],
  packageFolders: new Map([
    ['7zip', { path: '7zip', files: files('7z.msi') }],
    ['office', { path: 'Office', files: files('setup.exe', 'x64/a.cab', 'x86/a.cab') }],
  ]),
  driverFolders: new Map([['hp/laser', { path: 'HP/Laser', files: files('hp.inf', 'hp.sys') }]]),
  secrets: new Map([
    ['join', 'join-secret'],
    ['pupil', 'pupil-secret'],
    ['key', 'aaaaa-bbbbb-ccccc-ddddd-eeeee'],
  ]),
};

/** Profiles of everything: general, of a lab, of a host, of images, and locations with what they have. */
export const SCHOOL = {
  'school.toml': `[region]
language = "de-DE"
formats = "de-DE"
time_zone = "Europe/Berlin"
[windows]
product_key = { secret = "key" }
owner = "School"
organisation = "{{location.parent}}, {{location}}"
auto_logon = { account = "pupil", password = { secret = "pupil" } }
[[accounts]]
name = "pupil"
full_name = "Pupil of {{lab.name}}"
password = { secret = "pupil" }
[domain]
join = "credentials"
domain = "school.example"
account = "joiner"
password = { secret = "join" }
unit = "OU={{lab.name}},OU=Labs,DC=school,DC=example"
[registry]
files = ["*.reg"]
[first_boot]
packages = ["7zip"]
[linux]
commands = ["hostnamectl"]
`,
  'r101.toml': `[for]
labs = ["R1*"]
[region]
keyboard = "de-CH"
language = "fr-CH"
[registry]
files = ["!work.reg", "labs/r101.reg"]
[linux]
commands = ["echo {{host.name}} > /etc/motd"]
[[accounts]]
name = "PUPIL"
password = { secret = "pupil" }
administrator = true
`,
  'teacher.toml': `[for]
hosts = ["R101-T"]
forget = ["windows.auto_logon", "registry"]
[domain]
join = "workgroup"
workgroup = "TEACHERS"
[first_boot]
packages = ["!7zip"]
`,
  'win.toml': '[for]\nimages = ["WIN11*"]\n[region]\nkeyboard = "de-DE"\nformats = "en-GB"\n',
  'other.toml': '[for]\nimages = ["win11-school@4"]\n[region]\nkeyboard = "it-IT"\n',
  'places.toml': `[[location]]
name = "Building B"
packages = ["office"]
printers = ["hall"]
[[location]]
name = "R101"
parent = "Building B"
pattern = '^R101-'
printers = ["laser"]
default_printer = "Laser"
[[printer]]
name = "hall"
path = '\\\\print\\hall-{{host.name}}'
[[printer]]
name = "laser"
address = "192.0.2.9"
driver = "HP Universal"
inf = "HP/Laser/hp.inf"
[[package]]
name = "7zip"
[[package]]
name = "office"
systems = ["10", "11"]
architectures = ["amd64"]
files = ["setup.exe", "x64/*"]
command = 'setup.exe /configure "{{lab.name}}"'
success_codes = [0, 1641]
timeout_minutes = 90
detect = { registry_key = 'HKLM\\SOFTWARE\\Office', registry_value = "Version" }
[[package]]
name = "office"
systems = ["xp"]
command = "old.exe"
`,
};
