/** One finished file of a boot environment. */
export interface BootFile {
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The files a boot environment consists of; `bootenv.json` beside them describes them. */
export const bootFileNames = [
  'vmlinuz',
  'initrd.img',
  'extra.img',
  'undionly.kpxe',
  'snponly.efi',
  'extra-aliases.json',
] as const;

export type BootFileName = (typeof bootFileNames)[number];

/** The description in `bootenv.json`: what was built, from what. */
export interface BootEnvironment {
  readonly format: 1;
  /** Kernel release as `uname -r` says it. */
  readonly kernel: string;
  /** Hash of the builder's own files: another one means that the builder has changed since. */
  readonly recipe: string;
  /** Hash of everything the base layer was made from: packages, recipe, Node. */
  readonly baseInput: string;
  /** SHA-256 of the bundled agent. */
  readonly agent: string;
  readonly files: Readonly<Record<BootFileName, BootFile>>;
  /** Debian package name to version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Version of the Node that runs the agent. */
  readonly node: string;
  /** Firmware that drivers of the layers may ask for and Debian does not ship; for the technician's eyes. */
  readonly missingFirmware: readonly string[];
  /** ISO 8601, UTC. */
  readonly builtAt: string;
}

/** A step of the build, for a progress line. */
export interface BuildProgress {
  readonly step: 'packages' | 'download' | 'unpack' | 'modules' | 'root' | 'compress' | 'agent' | 'publish';
  /** A sentence for a person. */
  readonly text: string;
}
