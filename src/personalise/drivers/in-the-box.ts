import type { DeviceIds } from './host-device.ts';
import type { WindowsTarget } from './inf/target-os.ts';

/** What is known of a device and a Windows as it comes from its maker. */
export interface InTheBox {
  readonly hasDriver: boolean;
  /** In words, for people. */
  readonly why: string;
}

interface Row {
  readonly fits: (ids: DeviceIds) => boolean;
  /** Versions as numbers, 6.1 is 601: `from` has it, `until` has it no more. Null: none has it. */
  readonly from: number | null;
  readonly until?: number;
  readonly has: string;
  readonly lacks: string;
}

const isClass =
  (start: string) =>
  ({ pciClass }: DeviceIds): boolean =>
    pciClass?.startsWith(start) ?? false;
const isDevice =
  (...names: readonly string[]) =>
  ({ name }: DeviceIds): boolean =>
    names.includes(name);

/**
 * Only what has a source. Storage: Microsoft KB 314082 (IDE in XP), KB 922976 (AHCI from Vista on), KB 2990941 (NVMe in
 * 8.1, and in 7 by a hotfix). Virtio: Oracle VM VirtualBox User Manual 6.1 ("drivers can be downloaded"), and so for
 * all of the vendor 1AF4. Network: the same manual on what XP and Vista have drivers for.
 */
const ROWS: readonly Row[] = [
  {
    fits: ({ name }) => name.startsWith('1af4:'),
    from: null,
    has: '',
    lacks: 'no Windows has drivers for virtio',
  },
  { fits: isClass('0101'), from: 501, has: 'every Windows has a driver for IDE', lacks: '' },
  {
    fits: isClass('010601'),
    from: 600,
    has: 'Windows Vista and later have a driver for AHCI',
    lacks: 'Windows XP has no driver for AHCI; firmware may offer IDE instead',
  },
  {
    fits: isClass('010802'),
    from: 603,
    has: 'Windows 8.1 and later have a driver for NVMe',
    lacks: 'Windows 7 has a driver for NVMe by the hotfix KB2990941 only, earlier ones have none',
  },
  {
    fits: isDevice('1022:2000'),
    from: 500,
    until: 600,
    has: 'Windows XP has a driver for AMD PCnet',
    lacks: 'Windows Vista and later have no driver for AMD PCnet',
  },
  {
    fits: isDevice('8086:1004'),
    from: 501,
    until: 502,
    has: 'Windows XP has a driver for the Intel 82543GC',
    lacks: '',
  },
  {
    fits: isDevice('8086:100e'),
    from: 600,
    has: 'Windows Vista and later have a driver for the Intel 82540EM',
    lacks: '',
  },
];

/** Null: not known, which is no promise either way. */
export function inTheBox(ids: DeviceIds, windows: WindowsTarget): InTheBox | null {
  const row = ROWS.find(({ fits }) => fits(ids));
  if (row === undefined) return null;
  const version = windows.major * 100 + windows.minor;
  const hasDriver =
    row.from !== null && version >= row.from && (row.until === undefined || version < row.until);
  const why = hasDriver ? row.has : row.lacks;
  return why === '' ? null : { hasDriver, why };
}
