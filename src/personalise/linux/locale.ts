import type { FolderEntry } from '../types.ts';
import { readAssignment, writeAssignment } from './assignments.ts';
import { isDebianLike } from './facts.ts';
import { localeName } from './locale-name.ts';
import type { Planner } from './part.ts';
import { isThere, namesIn, textOf, writeText } from './tree.ts';

const DEBIAN = '/etc/default/locale';
const SYSTEMD = '/etc/locale.conf';
const GEN = '/etc/locale.gen';
const COMPILED = '/usr/lib/locale';
/** What `formats` says; the words come from `language` (locale(7)). */
const FORMATS = [
  'LC_TIME',
  'LC_NUMERIC',
  'LC_MONETARY',
  'LC_PAPER',
  'LC_MEASUREMENT',
  'LC_ADDRESS',
  'LC_TELEPHONE',
];

/** The language and formats of the whole system. */
export const locale: Planner = {
  paths: () => [DEBIAN, SYSTEMD, GEN, '/usr/sbin/locale-gen', `${COMPILED}/*`],
  plan: ({ settings: { region }, facts, view }) => {
    if (region.language === null && region.formats === null) return {};
    const language = region.language === null ? null : localeName(region.language);
    const formats = region.formats === null ? null : localeName(region.formats);
    const unknown = [
      ...(region.language !== null && language === null ? [region.language] : []),
      ...(region.formats !== null && formats === null ? [region.formats] : []),
    ];
    const path = isDebianLike(facts) ? DEBIAN : SYSTEMD;
    const before = textOf(view, path) ?? '';
    const named = language === null ? before : writeAssignment(before, 'LANG', language);
    const differ = formats !== null && formats !== (language ?? readAssignment(before, 'LANG'));
    const after = FORMATS.reduce(
      (text, key) =>
        differ || (formats !== null && readAssignment(text, key) !== null)
          ? writeAssignment(text, key, formats)
          : text,
      named,
    );
    const wanted = [...new Set([language, formats].filter((one) => one !== null))];
    const made = isDebianLike(facts) ? generate(view, wanted) : { warnings: missing(view, wanted) };
    return {
      edits: [
        ...(after === before ? [] : [writeText(view, path, after, `the language ${wanted.join(', ')}`)]),
        ...(made.edits ?? []),
      ],
      tasks: made.tasks ?? [],
      warnings: [
        ...unknown.map((tag) => `There is no language ${tag}; the image keeps its own.`),
        ...(made.warnings ?? []),
      ],
    };
  },
};

/** Debian compiles each locale on the host itself, from the list in /etc/locale.gen. */
function generate(view: FolderEntry, names: readonly string[]): ReturnType<Planner['plan']> {
  if (!isThere(view, '/usr/sbin/locale-gen')) {
    return {
      warnings: [`The image has no locale-gen (package locales), so there is no ${names.join(', ')} in it.`],
    };
  }
  const before = textOf(view, GEN) ?? '';
  const after = names.reduce(withLocale, before);
  return {
    edits:
      after === before
        ? []
        : [writeText(view, GEN, after, `${names.join(', ')} is compiled at the first boot`)],
    tasks: [{ when: 'with-network', name: 'Language', script: 'locale-gen\n', seconds: 1800 }],
  };
}

/** Its line with the comment sign taken away, or a new one at the end. */
function withLocale(text: string, name: string): string {
  const lines = text.split('\n');
  // locale.gen writes `sr_RS@latin UTF-8`, and `de_DE.UTF-8 UTF-8`.
  const entry = `${name.includes('@') ? name.replace('.UTF-8', '') : name} UTF-8`;
  const words = lines.map((line) => line.trim().split(/\s+/).join(' '));
  if (words.includes(entry)) return text;
  const at = words.findIndex((line) => line.replace(/^#\s*/, '') === entry);
  if (at >= 0) return lines.with(at, entry).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entry}\n`;
}

/** Fedora and SUSE bring each language as a package, in a folder or all in one archive. */
function missing(view: FolderEntry, names: readonly string[]): string[] {
  const there = namesIn(view, COMPILED).map((name) => name.toLowerCase());
  if (there.includes('locale-archive')) return [];
  return names
    .filter((name) => !there.includes(name.replace('UTF-8', 'utf8').toLowerCase()))
    .map(
      (name) =>
        `The image has no ${name} (package glibc-langpack-${name.split('_')[0]}): it speaks English instead.`,
    );
}
