export type WindowsArchitecture = 'x86' | 'amd64' | 'arm64';

/** A Windows that drivers are wanted for. */
export interface WindowsTarget {
  readonly architecture: WindowsArchitecture;
  /** 5.1 is XP, 5.2 Server 2003 and XP x64, 6.0 Vista, 6.1 7, 6.2 8, 6.3 8.1, 10.0 10 and 11. */
  readonly major: number;
  readonly minor: number;
  /** Of 10 and 11, such as 19045. */
  readonly build: number;
}

/** What a name like `NTamd64.10.0...16299` says. Null: says nothing of it. */
export interface TargetOs {
  /** Also `arm` and `ia64`, which Mimeo has no use for. */
  readonly architecture: string | null;
  readonly major: number | null;
  readonly minor: number | null;
  readonly productType: number | null;
  readonly suiteMask: number | null;
  readonly build: number | null;
}

/** VER_NT_WORKSTATION of Winnt.h: all that Mimeo deploys. */
const WORKSTATION = 1;

/**
 * Reads `nt[Architecture][.[Major][.[Minor][.[ProductType][.[SuiteMask][.[Build]]]]]]` ("INF Manufacturer Section" of
 * the driver documentation). Null when it is none of that, which Windows passes over.
 */
export function parseTargetOs(text: string): TargetOs | null {
  const [first = '', ...rest] = text.trim().toLowerCase().split('.');
  const match = /^nt(x86|amd64|arm64|arm|ia64)?$/.exec(first);
  if (match === null || rest.length > 5) return null;
  const numbers = rest.map((part) => (part === '' ? null : Number(part)));
  if (numbers.some((number) => Number.isNaN(number))) return null;
  const [major = null, minor = null, productType = null, suiteMask = null, build = null] = numbers;
  return { architecture: match[1] ?? null, major, minor, productType, suiteMask, build };
}

/**
 * Which of a manufacturer's Models sections a Windows takes: the highest version that is not above its own, of those
 * the highest build, then what names the kind of Windows, then what names the architecture. Without an architecture a
 * section is for x86 only, as of Server 2003 SP1 and so for every x64 Windows there is; and it is what x86 falls back
 * to when no other fits.
 *
 * @param decorations as written in the file; null is the section without one
 * @returns one of them, or undefined when this Windows takes none
 */
export function chooseTargetOs(
  decorations: readonly (string | null)[],
  windows: WindowsTarget,
): string | null | undefined {
  let best: { decoration: string; rank: readonly number[] } | undefined;
  for (const decoration of decorations) {
    if (decoration === null) continue;
    const target = parseTargetOs(decoration);
    if (target === null || !fits(target, windows)) continue;
    const rank = rankOf(target);
    if (best === undefined || compareRanks(rank, best.rank) > 0) best = { decoration, rank };
  }
  if (best !== undefined) return best.decoration;
  return windows.architecture === 'x86' && decorations.includes(null) ? null : undefined;
}

function fits(target: TargetOs, windows: WindowsTarget): boolean {
  if ((target.architecture ?? 'x86') !== windows.architecture) return false;
  if (target.productType !== null && target.productType !== WORKSTATION) return false;
  // The suites are those of servers and embedded systems, but for 0x100 and 0x200, which 10 and XP Home have.
  if (target.suiteMask !== null && (target.suiteMask & ~0x300) !== 0) return false;
  const [major, minor] = [target.major ?? 0, target.minor ?? 0];
  if (major !== windows.major) return major < windows.major;
  if (minor !== windows.minor) return minor < windows.minor;
  return (target.build ?? 0) <= windows.build;
}

function rankOf(target: TargetOs): readonly number[] {
  const said = (value: unknown): number => (value === null ? 0 : 1);
  return [
    target.major ?? 0,
    target.minor ?? 0,
    target.build ?? 0,
    said(target.productType),
    said(target.suiteMask),
    said(target.architecture),
  ];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
