import type { Material } from '../material.ts';
import { goodProfiles, type Profiles, type ProfilesReading, readProfiles } from '../profiles.ts';
import type { HostFacts } from '../resolve-host.ts';

/** Profiles from texts by file name. */
export function readTexts(texts: Readonly<Record<string, string>>): ProfilesReading {
  return readProfiles(Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
}

export function profilesOf(texts: Readonly<Record<string, string>>): Profiles {
  return goodProfiles(readTexts(texts));
}

export const NOTHING: Material = {
  registryFiles: [],
  packageFolders: new Map(),
  driverFolders: new Map(),
  secrets: new Map(),
};

export function host(facts: Partial<HostFacts> = {}): HostFacts {
  return {
    name: 'R101-PC05',
    mac: '00:1e:4f:00:00:05',
    serial: '5BR2K2J',
    uuid: '4c4c4544-0042-3510-8052-b3c04f4b4e32',
    lab: 'R101',
    seat: 5,
    image: { name: 'win11-school', version: 3 },
    system: { family: 'windows', generation: '11', architecture: 'amd64' },
    modelDrivers: [],
    ...facts,
  };
}

export function files(...paths: readonly string[]): { path: string; bytes: number; sha256: string }[] {
  return paths.map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) }));
}
