import type { Coverage, CoverageReport, DeviceCoverage, HostCoverage } from './coverage.ts';
import type { WindowsTarget } from './inf/target-os.ts';

const MARKS: Readonly<Record<Coverage, string>> = { ready: 'ok', unknown: '?', missing: 'MISSING' };
const ROLES = { network: 'network', storage: 'disks' } as const;
/** More problems of .inf files than that are counted only. */
const MOST_PROBLEMS = 20;

/** What `mimeo drivers check` prints: hosts that agree in all share a paragraph, those in need come first. */
export function coverageLines(report: CoverageReport): string[] {
  const groups = new Map<string, { one: HostCoverage; names: string[] }>();
  for (const host of report.hosts) {
    const key = JSON.stringify({ ...host, host: '' });
    const group = groups.get(key);
    if (group) group.names.push(host.host);
    else groups.set(key, { one: host, names: [host.host] });
  }
  const order: readonly Coverage[] = ['missing', 'unknown', 'ready'];
  const sorted = [...groups.values()].sort(
    (a, b) => order.indexOf(a.one.coverage) - order.indexOf(b.one.coverage),
  );
  const counts = order.map((coverage) => report.hosts.filter((host) => host.coverage === coverage).length);
  const [missing = 0, unknown = 0, ready = 0] = counts;
  const lines = [
    `${windowsName(report.windows)}: ${ready} of ${report.hosts.length} hosts have drivers for network and disks; without: ${missing}; not known: ${unknown}.`,
  ];
  for (const { one, names } of sorted) {
    lines.push('', `${names.join(', ')}${one.model === null ? '' : `  (${one.model})`}`);
    if (one.modelFolders.length > 0) lines.push(`  folder   ${one.modelFolders.join(', ')}`);
    lines.push(...one.devices.map(deviceLine), ...one.notes.map((note) => `  ${note}`));
  }
  if (report.problems.length > 0) {
    lines.push('', `Wrong with the drivers in the share (${report.problems.length}):`);
    lines.push(...report.problems.slice(0, MOST_PROBLEMS).map((problem) => `  ${problem}`));
    const more = report.problems.length - MOST_PROBLEMS;
    if (more > 0) lines.push(`  … and ${more} more (--json has them all)`);
  }
  return lines;
}

/** `Windows 7 (x64)`. */
export function windowsName({ major, minor, build, architecture }: WindowsTarget): string {
  const names: Readonly<Record<string, string>> = {
    '5.0': '2000',
    '5.1': 'XP',
    '5.2': architecture === 'x86' ? 'Server 2003' : 'XP x64',
    '6.0': 'Vista',
    '6.1': '7',
    '6.2': '8',
    '6.3': '8.1',
    // Microsoft's release information: 11 begins with build 22000.
    '10.0': build >= 22000 ? '11' : '10',
  };
  const name = names[`${major}.${minor}`] ?? `${major}.${minor}`;
  return `Windows ${name} (${architecture === 'amd64' ? 'x64' : architecture})`;
}

function deviceLine({ role, name, coverage, inf, version, why }: DeviceCoverage): string {
  const driver = inf === null ? '' : `${inf}${version === null ? '' : ` ${version}`}: `;
  return `  ${MARKS[coverage].padEnd(8)} ${ROLES[role].padEnd(8)} ${name.padEnd(10)} ${driver}${why}`;
}
