import { join } from 'node:path';
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
  readonly #folder: string;
  #running: Promise<ProfileLook> | null = null;
  #next: Promise<ProfileLook> | null = null;

  /** @param folder where the share lies */
  constructor(share: Pick<ProfileShare, 'read'>, folder: string) {
    this.#share = share;
    this.#folder = folder;
  }

  /**
   * Looks at the share; one look serves all hosts of an order.
   *
   * @throws MimeoError `profile-invalid` with all that is wrong in it, file by file
   */
  async look(): Promise<ProfileLook> {
    if (this.#running === null) return await this.#begin();
    // One that has begun may have passed what was just saved; all who wait for the next one share it.
    this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return await this.#next;
  }

  #begin(): Promise<ProfileLook> {
    this.#next = null;
    const look = this.#share.read().then((reading) => new ProfileLook(reading, this.#folder));
    this.#running = look.finally(() => {
      this.#running = null;
    });
    return this.#running;
  }
}

/** The share as it was at one moment. */
export class ProfileLook {
  readonly #reading: ShareReading;
  readonly #folder: string;
  #files: Map<string, string> | null = null;

  constructor(reading: ShareReading, folder: string) {
    this.#reading = reading;
    this.#folder = folder;
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

  /** What is doubtful in the profiles, with its place: a password in plain text, a key that says nothing. */
  get warnings(): readonly string[] {
    return this.#reading.warnings;
  }

  /**
   * The settings alone, as they travel to the host. All that can be found wrong before a disk is written is found here.
   *
   * @throws MimeoError `profile-invalid`, `profile-not-delivered`; `registry-file-invalid` naming file, line and column
   */
  settings(host: HostRow, order: HostOrder): HostSettings {
    const resolved = this.resolve(host, order);
    refuseOfflineJoin(resolved);
    const { settings } = resolved;
    for (const file of settings.registryFiles) makeRegistryFile(file, settings.fields);
    return settings;
  }

  /** Where the share has the file of this hash, among the drivers and packages that profiles name; null: nowhere. */
  fileOf(sha256: string): string | null {
    this.#files ??= this.#listFiles();
    return this.#files.get(sha256) ?? null;
  }

  #listFiles(): Map<string, string> {
    const { packageFolders, driverFolders } = this.#reading.material;
    const found = new Map<string, string>();
    for (const [area, folders] of [
      ['packages', packageFolders],
      ['drivers', driverFolders],
    ] as const) {
      for (const { path, files } of folders.values()) {
        for (const file of files) found.set(file.sha256, join(this.#folder, area, path, file.path));
      }
    }
    return found;
  }

  /** Without profiles every host imports what lies in `registry` itself, not in folders below it. */
  #plain(host: HostRow, order: HostOrder): HostSettings {
    const all = this.#reading.material.registryFiles;
    const registryFiles = all.filter(({ name }) => !name.includes('/'));
    return settingsOfOrder({ computerName: order.name, fields: fieldsOf(host, order), registryFiles });
  }
}

/** Better no deployment than hosts that are not in the domain that somebody relies on. */
function refuseOfflineJoin({ settings, offlineJoin }: ResolvedHost): void {
  if (offlineJoin === null) return;
  throw new MimeoError(
    'profile-not-delivered',
    `The profiles join ${settings.computerName} to ${offlineJoin.domain} offline, which this version of Mimeo does not do yet.`,
  );
}
