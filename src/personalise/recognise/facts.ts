import type { LinuxFacts } from '../linux/facts.ts';

/** As packages of a profile name it. Servers are told from clients. */
export type WindowsGeneration =
  | '2000'
  | 'xp'
  | '2003'
  | 'vista'
  | '2008'
  | '7'
  | '2008r2'
  | '8'
  | '2012'
  | '8.1'
  | '2012r2'
  | '10'
  | '2016'
  | '2019'
  | '2022'
  | '11'
  | '2025';

/** What Windows is on a volume, as its hives and files say; null where they do not. */
export interface RecognisedWindows {
  readonly system: 'windows';
  /** Name of its folder in the root of the volume, as it is spelled there: `WINDOWS`. */
  readonly folder: string;
  readonly generation: WindowsGeneration | null;
  /** For people: `Windows 11 Pro 23H2, build 22631.2715, amd64, de-DE`. */
  readonly words: string;
  /** `Windows 11 Pro`. */
  readonly productName: string | null;
  /** `Professional`, `Education`… as EditionID says; Windows XP: from its product name. */
  readonly edition: string | null;
  /** `23H2`, or the service pack. */
  readonly release: string | null;
  readonly build: number | null;
  readonly isServer: boolean | null;
  /** `Client`, `Server` or `Server Core`, as Windows 7 and later say. */
  readonly installationType: string | null;
  readonly architecture: 'x86' | 'amd64' | 'arm64' | null;
  /** Of its menus, BCP 47. */
  readonly language: string | null;
  /** All that are installed, BCP 47; empty when that is not known. */
  readonly languages: readonly string[];
  /** What it calls itself now. */
  readonly computerName: string | null;
  readonly membership: Membership | null;
  readonly sealed: SealState;
  /** `UnattendFile` of `HKLM\SYSTEM\Setup`, which Windows reads before every other answer file. */
  readonly unattendFile: string | null;
  /** Whether it sleeps: its memory waits in hiberfil.sys (fast startup does that at every shutdown). */
  readonly hibernated: boolean;
  /** Whether fast startup is switched on. */
  readonly fastStartup: boolean | null;
  /** What a technician should know of this as an image. */
  readonly warnings: readonly string[];
}

export type Membership =
  | { readonly kind: 'workgroup'; readonly name: string }
  | { readonly kind: 'domain'; readonly name: string };

/** Whether every host that starts from this becomes a machine of its own. */
export interface SealState {
  /** Null: not known. */
  readonly sealed: boolean | null;
  /** What says so, in words. */
  readonly because: string;
}

/** What Linux is on a volume. */
export interface RecognisedLinux extends LinuxFacts {
  readonly system: 'linux';
  /** `PRETTY_NAME` of os-release: `Debian GNU/Linux 12 (bookworm)`. */
  readonly words: string;
  readonly architecture: 'x86' | 'amd64' | 'arm' | 'arm64' | 'riscv64' | null;
  /** What it calls itself now. */
  readonly computerName: string | null;
  /** Whether cloud-init is installed. */
  readonly cloudInit: boolean;
  readonly sealed: SealState;
  readonly warnings: readonly string[];
}

/** Nothing that could be personalised. */
export interface NothingRecognised {
  readonly system: 'none';
  readonly computerName: null;
  readonly words: string;
  readonly warnings: readonly string[];
}

export type Recognised = RecognisedWindows | RecognisedLinux | NothingRecognised;
