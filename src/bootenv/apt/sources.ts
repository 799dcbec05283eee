import { SUITE } from '../recipe/packages.ts';

/** One place packages come from, as a machine's apt knows it. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
}

/** Where the packages of {@link SUITE} come from. */
export interface DebianMirror {
  readonly main: string;
  /** Null when the machine names no security archive. */
  readonly security: string | null;
}

const debianReleases = new Set([
  'buster',
  'bullseye',
  'bookworm',
  'trixie',
  'forky',
  'duke',
  'sid',
  'oldoldstable',
  'oldstable',
  'stable',
  'testing',
  'unstable',
]);

/** The binary sources of a one-line `sources.list` (sources.list(5)); what is no source is passed over. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)/.exec(line.replace(/#.*/, ''));
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ uri: match[1], suites: [match[2]] }];
  });
}

/** The enabled binary sources of a deb822 `.sources` file (sources.list(5)). */
export function parseDeb822Sources(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let key = '';
    for (const line of stanza.split('\n')) {
      const field = /^([A-Za-z][A-Za-z0-9-]*)\s*:(.*)$/.exec(line);
      if (field?.[1] !== undefined) {
        key = field[1].toLowerCase();
        fields.set(key, (field[2] ?? '').trim());
      } else if (/^\s/.test(line) && key !== '') fields.set(key, `${fields.get(key) ?? ''} ${line.trim()}`);
    }
    const words = (name: string): string[] =>
      (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
    if (!words('types').includes('deb') || /^(no|false|0|off|disable)$/i.test(fields.get('enabled') ?? '')) {
      return [];
    }
    return words('uris').map((uri) => ({ uri, suites: words('suites') }));
  });
}

/**
 * The Debian mirror among a machine's sources: the first archive that serves a Debian release, and the first
 * that serves its security updates. Null when there is none (an Ubuntu machine).
 */
export function findDebianMirror(sources: readonly AptSource[]): DebianMirror | null {
  const usable = sources.filter((source) => !source.uri.startsWith('cdrom:'));
  const serves = (pattern: RegExp): string | null =>
    usable
      .find((source) => source.suites.some((suite) => debianReleases.has(pattern.exec(suite)?.[1] ?? '')))
      ?.uri.replace(/\/+$/, '') ?? null;
  const main = serves(/^([a-z]+)$/);
  return main === null ? null : { main, security: serves(/^([a-z]+)(?:-security|\/updates)$/) };
}

/** The mirror a technician named: its security archive lies beside it where the name follows Debian's habit. */
export function mirrorFromUrl(url: string): DebianMirror {
  const main = url.replace(/\/+$/, '');
  return { main, security: main.endsWith('/debian') ? `${main}-security` : null };
}

/** The builder's own sources file (deb822). `updates` false leaves out what a partial mirror may lack. */
export function sourcesFile(mirror: DebianMirror, keyring: string, updates: boolean): string {
  const stanza = (uri: string, suites: string): string =>
    [
      'Types: deb',
      `URIs: ${uri}`,
      `Suites: ${suites}`,
      'Components: main non-free-firmware',
      'Architectures: amd64',
      `Signed-By: ${keyring}`,
      '',
    ].join('\n');
  const main = stanza(mirror.main, updates ? `${SUITE} ${SUITE}-updates` : SUITE);
  return updates && mirror.security !== null
    ? `${main}\n${stanza(mirror.security, `${SUITE}-security`)}`
    : main;
}
