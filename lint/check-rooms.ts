/**
 * Fails on an import that goes through a wall (into another room's inside) or up a floor.
 * The floors are those of docs/architecture.md; a room that is not listed here fails too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export const floors: Readonly<Record<string, number>> = {
  image: 1,
  fleet: 1,
  netboot: 1,
  store: 2,
  disk: 2,
  swarm: 2,
  personalise: 2,
  deployment: 2,
  protocol: 3,
  transfer: 3,
  formats: 3,
  db: 3,
  bootenv: 3,
  control: 4,
  agent: 4,
  api: 5,
  server: 6,
  cli: 6,
};

/** Matches `from '…'`, `import '…'` and `import('…')`. */
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"]([^'"]+)['"]/g;

/** What is wrong with the imports of one file: a line of text for each offence. */
export function checkFile(root: string, path: string, text: string): string[] {
  const here = roomOf(root, path);
  if (here !== null && floors[here] === undefined) return [`${path}: the room ${here} has no floor`];
  const offences: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? '';
    if (!specifier.startsWith('.')) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const target = resolve(dirname(path), specifier);
    const there = roomOf(root, target);
    if (there === null || there === here) {
      if (here === null && there === null && inSource(root, path) && !inSource(root, target)) {
        offences.push(`${path}:${line}: ${specifier} leaves src/`);
      }
      continue;
    }
    if (target !== join(root, 'src', there, 'index.ts')) {
      offences.push(`${path}:${line}: ${specifier} goes through the wall of ${there}; import its index.ts`);
    }
    if (!inSource(root, path)) continue; // lab/, bench/ and lint/ stand above the whole house
    const floorThere = floors[there] ?? Number.POSITIVE_INFINITY;
    const floorHere = here === null ? 0 : (floors[here] ?? 0);
    if (floorThere >= floorHere) {
      offences.push(
        `${path}:${line}: ${here ?? 'the shared ground'} (floor ${floorHere}) may not import ${there} (floor ${floorThere})`,
      );
    }
  }
  return offences;
}

/** The room a path lies in, or null on the shared ground and outside src/. */
function roomOf(root: string, path: string): string | null {
  const parts = relative(join(root, 'src'), path).split(sep);
  return parts.length > 1 && parts[0] !== '..' ? (parts[0] ?? null) : null;
}

function inSource(root: string, path: string): boolean {
  return !relative(join(root, 'src'), path).startsWith('..');
}

/** Every offence below the given folders of the project. */
export function checkTree(root: string, folders: readonly string[] = ['src', 'lab', 'bench']): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .flatMap((path) => checkFile(root, path, readFileSync(path, 'utf8'))),
  );
}

if (import.meta.main) {
  const offences = checkTree(resolve(import.meta.dirname, '..'));
  for (const offence of offences) console.error(offence);
  console.log(`rooms: ${offences.length} offences`);
  process.exitCode = offences.length === 0 ? 0 : 1;
}
