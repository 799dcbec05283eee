import { chooseDrivers, type DriverWishes, type HostHardware } from './choose-drivers.ts';
import { infPath, problemLine } from './driver-index.ts';
import type { DriverTable } from './driver-table.ts';
import { ANY_REVISION, type DeviceIds, type DeviceRole } from './host-device.ts';
import { inTheBox } from './in-the-box.ts';
import type { WindowsTarget } from './inf/target-os.ts';
import { type DriverMatch, matchDrivers } from './match-drivers.ts';

/** A host that is looked at before its lab is deployed. */
export interface CoverageHost {
  readonly name: string;
  /** Null: its agent has not told of its devices yet. */
  readonly hardware: HostHardware | null;
  readonly wishes: DriverWishes;
}

/** `ready`: Windows will have a driver; `missing`: it will not; `unknown`: nobody has proof. */
export type Coverage = 'ready' | 'unknown' | 'missing';

export interface DeviceCoverage {
  readonly role: DeviceRole;
  /** `8086:1502`. */
  readonly name: string;
  readonly coverage: Coverage;
  /** Where the driver comes from; null when none is known. */
  readonly from: 'share' | 'image' | 'windows' | null;
  /** The .inf file in the share or the image. */
  readonly inf: string | null;
  readonly version: string | null;
  /** In words. */
  readonly why: string;
}

export interface HostCoverage {
  readonly host: string;
  /** `Dell Inc. OptiPlex 7010`; null when it does not say. */
  readonly model: string | null;
  readonly modelFolders: readonly string[];
  /** How many drivers the share has for it. */
  readonly drivers: number;
  /** The worst of its devices'; `unknown` for a host that has not told of any. */
  readonly coverage: Coverage;
  readonly devices: readonly DeviceCoverage[];
  /** What else a technician should know, whole sentences. */
  readonly notes: readonly string[];
}

export interface CoverageReport {
  readonly windows: WindowsTarget;
  readonly hosts: readonly HostCoverage[];
  /** Of the drivers in the share. */
  readonly problems: readonly string[];
}

/**
 * Which hosts would start a Windows without a driver for their network or their disk.
 *
 * @param share the drivers of the share, for that Windows
 * @param image those of the image itself (`\Windows\INF`), when it was looked into
 */
export function checkCoverage(
  hosts: readonly CoverageHost[],
  share: DriverTable,
  image: DriverTable | null = null,
): CoverageReport {
  return {
    windows: share.windows,
    hosts: hosts.map((host) => coverHost(host, share, image)),
    problems: share.index.problems.map(problemLine),
  };
}

function coverHost(
  { name, hardware, wishes }: CoverageHost,
  share: DriverTable,
  image: DriverTable | null,
): HostCoverage {
  const nothing = { host: name, model: null, modelFolders: [], drivers: 0, devices: [] };
  if (hardware === null) {
    return {
      ...nothing,
      coverage: 'unknown',
      notes: ['It has not told of its devices yet: start it over the network once.'],
    };
  }
  const choice = chooseDrivers(hardware, wishes, share);
  const devices = choice.devices.flatMap(({ ids, match }) =>
    ids.role === null ? [] : [coverDevice(ids, ids.role, match, share.windows, image)],
  );
  const notes = choice.incomplete.map(
    ({ driver, missing }) =>
      `${infPath(driver)} is left out, because ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''} is missing.`,
  );
  for (const role of ['network', 'storage'] as const) {
    if (!devices.some((device) => device.role === role)) {
      notes.push(
        `It told of no ${role === 'network' ? 'network card' : 'disk controller'} that Windows would see as a PCI device.`,
      );
    }
  }
  const model = [hardware.manufacturer, hardware.product].filter((part) => part !== null).join(' ');
  return {
    ...nothing,
    model: model === '' ? null : model,
    modelFolders: choice.modelFolders,
    drivers: choice.packages.length,
    coverage: worst(devices),
    devices,
    notes,
  };
}

function coverDevice(
  ids: DeviceIds,
  role: DeviceRole,
  match: DriverMatch | null,
  windows: WindowsTarget,
  image: DriverTable | null,
): DeviceCoverage {
  const base = { role, name: ids.name, inf: null, version: null };
  const inImage = image === null ? undefined : matchDrivers(ids, image)[0];
  if (inImage !== undefined) {
    return { ...base, ...infOf(inImage), coverage: 'ready', from: 'image', why: 'the image has a driver' };
  }
  const box = inTheBox(ids, windows);
  if (box?.hasDriver) return { ...base, coverage: 'ready', from: 'windows', why: box.why };
  if (match !== null && role === 'network') {
    const sure = !match.id.endsWith(ANY_REVISION);
    return {
      ...base,
      ...infOf(match),
      coverage: sure && (match.signed || !needsSignature(windows)) ? 'ready' : 'unknown',
      from: 'share',
      why: !sure
        ? 'it fits some revisions of this device, and the host did not tell its own'
        : match.signed
          ? 'the share has a driver'
          : 'the share has a driver without its catalog (signature)',
    };
  }
  // Windows reads its disk before it can fetch a driver from it.
  const late = match === null ? '' : '; the driver in the share comes too late, it has to be in the image';
  const lacks = {
    ...base,
    ...(match === null ? {} : infOf(match)),
    from: match === null ? null : 'share',
  } as const;
  if (box !== null) return { ...lacks, coverage: 'missing', why: `${box.why}${late}` };
  if (image !== null) return { ...lacks, coverage: 'missing', why: `the image has no driver${late}` };
  return {
    ...lacks,
    coverage: 'unknown',
    why: `whether Windows has a driver of its own is not known${late}`,
  };
}

function infOf({ driver }: DriverMatch): { inf: string; version: string | null } {
  return { inf: infPath(driver), version: driver.inf.version };
}

/** 64-bit Windows loads no unsigned driver since Vista. */
function needsSignature({ architecture, major }: WindowsTarget): boolean {
  return architecture !== 'x86' && major >= 6;
}

function worst(devices: readonly DeviceCoverage[]): Coverage {
  if (devices.some(({ coverage }) => coverage === 'missing')) return 'missing';
  if (devices.length === 0 || devices.some(({ coverage }) => coverage === 'unknown')) return 'unknown';
  return 'ready';
}
