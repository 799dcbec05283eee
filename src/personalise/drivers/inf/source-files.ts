import type { InfFile } from './driver-inf.ts';
import type { InfReader } from './inf-reader.ts';

/**
 * Where the files of a driver lie by `[SourceDisksFiles]` and `[SourceDisksNames]`, each looked for in the section of
 * the architecture (`.amd64`) first.
 *
 * @returns by file name in lower case; a file that is missing here comes with Windows (`LayoutFile`, `Include`)
 */
export function readSourceFiles(inf: InfReader, architecture: string): Map<string, InfFile> {
  const disks = new Map<string, { folder: string; cabinet: string | null }>();
  for (const section of [`sourcedisksnames.${architecture}`, 'sourcedisksnames']) {
    for (const { key, values } of inf.raw(section)) {
      const id = inf.text(key);
      if (key === null || disks.has(id)) continue;
      const cabinet = inf.text(values[1]);
      disks.set(id, {
        folder: inf.text(values[3]),
        cabinet: cabinet.toLowerCase().endsWith('.cab') ? cabinet : null,
      });
    }
  }
  const files = new Map<string, InfFile>();
  for (const section of [`sourcedisksfiles.${architecture}`, 'sourcedisksfiles']) {
    for (const { key, values } of inf.raw(section)) {
      const name = inf.text(key);
      if (name === '' || files.has(name.toLowerCase())) continue;
      const disk = disks.get(inf.text(values[0]));
      const folder = disk?.folder ?? '';
      files.set(name.toLowerCase(), {
        path: joined(folder, inf.text(values[1]), name),
        cabinet: disk?.cabinet ? joined(folder, disk.cabinet) : null,
      });
    }
  }
  return files;
}

/** Windows' paths put together, with `/` between their parts and no `.` or empty ones. */
function joined(...paths: readonly string[]): string {
  return paths
    .join('\\')
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
