import type { HostRow } from '../db/index.ts';
import { MimeoError } from '../errors.ts';
import { DEFAULT_LAB_RULE, seatOf } from '../fleet/index.ts';
import {
  type HostSettings,
  makeRegistryFile,
  type ProfileShare,
  type ResolvedHost,
  resolveHost,
  type ShareReading,
  settingsOfOrder,
} from '../personalise/index.ts';
import { fieldsOf } from './host-fields.ts';

/** What is to be put on a host, and what it is to be called. */
export interface HostOrder {
  readonly name: string;
  readonly image: string;
  readonly version: number | null;
}

/** What each host becomes, as the share says. */
export class HostProfiles {
  readonly #share: Pick<ProfileShare, 'read'>;

  constructor(share: Pick<ProfileShare, 'read'>) {
    this.#share = share;
  }

  /**
   * Looks at the share; one look serves all hosts of an order.
   *
   * @throws MimeoError `profile-invalid` with all that is wrong in it, file by file
   */
  async look(): Promise<ProfileLook> {
    return new ProfileLook(await this.#share.read());
  }
}

/** The share as it was at one moment. */
export class ProfileLook {
  readonly #reading: ShareReading;

  constructor(reading: ShareReading) {
    this.#reading = reading;
  }

  /**
   * What makes a host its own, each value with its place: by the profiles, or without any by its name and the .reg files
   * of the share.
   *
   * @throws MimeoError `profile-invalid` with all that is in the way
   */
  resolve(host: HostRow, order: HostOrder): ResolvedHost {
    const { profiles, material } = this.#reading;
    if (profiles.sheets.length === 0) {
      const settings = this.#plain(host, order);
      return { settings, offlineJoin: null, locations: [], origins: new Map(), warnings: [] };
    }
    const rule = profiles.labs.get((host.lab ?? '').toLowerCase())?.definition.naming ?? DEFAULT_LAB_RULE;
    const mac = host.macs[0] ?? null;
    return resolveHost(profiles, material, {
      ...{ name: order.name, mac, serial: host.serial, uuid: host.uuid, lab: host.lab },
      seat: host.lab === null ? null : seatOf(rule, host.lab, order.name, mac),
      image: { name: order.image, version: order.version },
      system: null,
      modelDrivers: [],
    });
  }

  /**
   * The settings alone, as they travel to the host. All that can be found wrong before a disk is written is found here.
   *
   * @throws MimeoError `profile-invalid`, `profile-not-delivered`; `registry-file-invalid` naming file, line and column
   */
  settings(host: HostRow, order: HostOrder): HostSettings {
    const resolved = this.resolve(host, order);
    refuseFiles(resolved);
    const { settings } = resolved;
    for (const file of settings.registryFiles) makeRegistryFile(file, settings.fields);
    return settings;
  }

  /** Without profiles every host imports what lies in `registry` itself, not in folders below it. */
  #plain(host: HostRow, order: HostOrder): HostSettings {
    const all = this.#reading.material.registryFiles;
    const registryFiles = all.filter(({ name }) => !name.includes('/'));
    return settingsOfOrder({ computerName: order.name, fields: fieldsOf(host, order), registryFiles });
  }
}

/** Better no deployment than hosts without the drivers and packages that somebody relies on. */
function refuseFiles({ settings, offlineJoin }: ResolvedHost): void {
  const { drivers, firstBoot, computerName } = settings;
  const what = [
    drivers.length > 0 ? 'drivers' : null,
    (firstBoot?.printers.length ?? 0) > 0 ? 'printers' : null,
    (firstBoot?.packages.length ?? 0) > 0 ? 'packages' : null,
    offlineJoin === null ? null : 'an offline domain join',
  ].filter((word) => word !== null);
  if (what.length === 0) return;
  throw new MimeoError(
    'profile-not-delivered',
    `The profiles give ${computerName} ${what.join(', ')}: this version of Mimeo does not bring these to hosts yet.`,
  );
}
