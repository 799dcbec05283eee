import { performance } from 'node:perf_hooks';
import { type LabHost, type Material, readProfiles, resolveLab } from '../../src/personalise/index.ts';

const LABS = 10;
const HOSTS_PER_LAB = 30;

/**
 * Plans a school of 300 hosts in ten labs from its profiles, read anew: syntax, schema, locations, names, everything
 * that each host becomes.
 *
 * @returns seconds
 * @throws Error when a host is missing or has not got what is its own
 */
export function plan300(): number {
  const files = schoolFiles();
  const material = schoolMaterial();
  const before = performance.now();
  const { profiles, problems } = readProfiles(files);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(problem.message);
  const names = new Set<string>();
  for (let lab = 0; lab < LABS; lab += 1) {
    const taken = new Map([...names].map((name) => [name, 'a host of another lab']));
    const resolved = resolveLab(profiles, material, { lab: `R${101 + lab}`, hosts: hostsOf(lab), taken });
    for (const { settings } of resolved.hosts.values()) {
      if (settings.firstBoot?.packages.length !== 21)
        throw new Error(`${settings.computerName} lacks packages.`);
      names.add(settings.computerName.toLowerCase());
    }
  }
  const seconds = (performance.now() - before) / 1000;
  if (names.size !== LABS * HOSTS_PER_LAB) throw new Error(`${names.size} hosts were planned.`);
  return seconds;
}

function hostsOf(lab: number): LabHost[] {
  return Array.from({ length: HOSTS_PER_LAB }, (_, at) => ({
    id: `${lab}-${at}`,
    name: null,
    mac: `00:1e:4f:00:${lab.toString(16).padStart(2, '0')}:${at.toString(16).padStart(2, '0')}`,
    serial: `SN${lab}${at}`,
    uuid: null,
    seat: null,
    image: { name: 'win11-school', version: 1 },
    system: { family: 'windows', generation: '11', architecture: 'amd64' },
    modelDrivers: [],
  }));
}

function schoolFiles(): { name: string; bytes: Uint8Array }[] {
  const rooms = Array.from({ length: LABS }, (_, at) => `R${101 + at}`);
  const packages = Array.from({ length: 40 }, (_, at) => `package-${at}`);
  const listed = JSON.stringify(packages.slice(0, 20));
  const texts: Record<string, string> = {
    'school.toml': `[region]\nlanguage = "de-DE"\ntime_zone = "Europe/Berlin"
[windows]\nowner = "{{location}}"\n[[accounts]]\nname = "pupil"\npassword = { secret = "pupil" }
[domain]\njoin = "credentials"\ndomain = "school.example"\naccount = "joiner"\npassword = { secret = "pupil" }
unit = "OU={{lab.name}},DC=school,DC=example"
[registry]\nfiles = ["*.reg"]\n[first_boot]\npackages = ${listed}\n`,
    'places.toml': [
      '[[location]]\nname = "School"',
      ...rooms.map((room) =>
        [
          `[[lab]]\nname = "${room}"\nnaming = "{lab}-PC{seat:02}"`,
          `[[printer]]\nname = "${room}"\npath = '\\\\print\\${room}'`,
          `[[location]]\nname = "${room}"\nparent = "School"\npattern = "^${room}-"\nprinters = ["${room}"]`,
          `default_printer = "${room}"\npackages = ["of-${room}"]`,
        ].join('\n'),
      ),
    ].join('\n'),
    'packages.toml': [...packages, ...rooms.map((room) => `of-${room}`)]
      .map((name) => `[[package]]\nname = "${name}"\nsystems = ["10", "11"]`)
      .join('\n'),
  };
  for (const room of rooms)
    texts[`${room}.toml`] = `[for]\nlabs = ["${room}"]\n[windows]\norganisation = "{{host.name}}"\n`;
  return Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
}

function schoolMaterial(): Material {
  const sha256 = '0'.repeat(64);
  const names = Array.from({ length: 40 }, (_, at) => `package-${at}`);
  const rooms = Array.from({ length: LABS }, (_, at) => `of-R${101 + at}`);
  return {
    registryFiles: Array.from({ length: 10 }, (_, at) => ({
      name: `${at}.reg`,
      content: 'UkVHRURJVDQNCg==',
    })),
    packageFolders: new Map(
      [...names, ...rooms].map((name) => [
        name.toLowerCase(),
        { path: name, files: [{ path: 'x.msi', bytes: 1, sha256 }] },
      ]),
    ),
    driverFolders: new Map(),
    secrets: new Map([['pupil', 'secret']]),
  };
}
