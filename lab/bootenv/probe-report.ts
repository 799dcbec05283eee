/** What the probe tells about the boot environment it runs in. */
export interface ProbeReport {
  readonly node: string;
  /** The `MIMEO_…` variables that init gave it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Addresses of the network card that init named. */
  readonly addresses: readonly string[];
  readonly mac: string;
  readonly clock: string;
  readonly memory: { readonly totalKiB: number; readonly availableKiB: number };
  /** Tools that cannot be started. */
  readonly unusableTools: readonly string[];
  /** What failed while small filesystems were made, mounted, filled, read and mapped. */
  readonly faults: readonly string[];
  readonly disks: readonly { readonly name: string; readonly size: number; readonly serial: string | null }[];
  readonly extraLayer: boolean;
  readonly modules: readonly string[];
  readonly initLog: string;
  /** Seconds from the kernel's start to the end of the probe, and those that the probe itself took. */
  readonly uptime: number;
  readonly probeSeconds: number;
}
