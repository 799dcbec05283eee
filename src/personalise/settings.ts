import type { RegistryTemplate } from './types.ts';

/**
 * All that makes one host its own: what its profile, its lab and the manifest say of it, templates filled in. Plain
 * data, made on the server; null means: as the image has it.
 */
export interface HostSettings {
  /** Checked by the rule of `src/fleet/naming.ts`. */
  readonly computerName: string;
  /** What templates that are filled in at the host may ask for: `host.name`, `lab.name`, `location`… */
  readonly fields: Readonly<Record<string, string>>;
  readonly region: Region;
  readonly windows: WindowsSettings;
  readonly accounts: readonly LocalAccount[];
  readonly domain: DomainSettings | null;
  /** In the order of their import. */
  readonly registryFiles: readonly RegistryTemplate[];
  readonly drivers: readonly DriverFolder[];
  readonly firstBoot: FirstBoot | null;
  readonly linux: LinuxSettings;
}

export interface Region {
  /** Of menus and messages: BCP 47, `de-DE`. */
  readonly language: string | null;
  /** Of dates and numbers: BCP 47. */
  readonly formats: string | null;
  /** BCP 47 (`de-CH`: that language's usual layout), or Windows' own `0407:00000407`. */
  readonly keyboard: string | null;
  /** IANA, `Europe/Berlin`. */
  readonly timeZone: string | null;
}

export interface WindowsSettings {
  /** `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`. */
  readonly productKey: string | null;
  readonly owner: string | null;
  readonly organisation: string | null;
  /** A secret. */
  readonly administratorPassword: string | null;
  readonly autoLogon: AutoLogon | null;
  /** What the first start would ask a person is answered. */
  readonly skipQuestions: boolean;
  /** Windows 8.1 and later must not encrypt its disk by itself: the next image would find it locked. */
  readonly preventEncryption: boolean;
}

export interface AutoLogon {
  readonly account: string;
  /** A secret. */
  readonly password: string;
  /** How many times. */
  readonly count: number;
}

export interface LocalAccount {
  readonly name: string;
  readonly fullName: string | null;
  /** A secret. */
  readonly password: string;
  readonly administrator: boolean;
}

export type DomainSettings =
  | { readonly kind: 'workgroup'; readonly name: string }
  | {
      readonly kind: 'credentials';
      /** DNS name, `school.example`. */
      readonly domain: string;
      /** Of an account that may do nothing but join. */
      readonly account: string;
      /** A secret. */
      readonly password: string;
      /** Distinguished name of the unit that the account is made in; null: the domain's default. */
      readonly unit: string | null;
    }
  /** Windows 7 and later. */
  | {
      readonly kind: 'offline';
      readonly domain: string;
      /** Base64 as `AccountData` takes it; holds the machine's password: a secret. */
      readonly blob: string;
    };

/** A folder of drivers that is copied to the host. */
export interface DriverFolder {
  /** In the share's `drivers`, `/` between its parts; also its place under `C:\Drivers`. */
  readonly path: string;
  readonly files: readonly DeliveredFile[];
}

/** A file of the share that the agent brings to the disk before the first boot. */
export interface DeliveredFile {
  /** Relative to its folder, `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
  /** Hex, in lower case. */
  readonly sha256: string;
}

/** What is done at the host's first boot, in order. */
export interface FirstBoot {
  /** Where each step is reported; null when nobody is told. */
  readonly report: FirstBootReport | null;
  readonly printers: readonly Printer[];
  /** A printer's `name`, or null. */
  readonly defaultPrinter: string | null;
  /** In the order of their installation. */
  readonly packages: readonly Package[];
}

export interface FirstBootReport {
  /** `http://192.0.2.1:8080/first-boot/v1`: `/steps` and the like are appended. */
  readonly url: string;
  /** The host's own, for this one task. A secret. */
  readonly token: string;
}

export type Printer =
  /** A queue of a print server, for everyone who logs on. */
  | { readonly kind: 'shared'; readonly name: string; readonly path: string }
  /** One that the host sends to itself. */
  | {
      readonly kind: 'direct';
      readonly name: string;
      /** IP address or DNS name. */
      readonly address: string;
      /** Of the driver, as its .inf file calls it. */
      readonly driver: string;
      /** The .inf file under `C:\Drivers`, `/` between its parts; null: Windows has the driver. */
      readonly inf: string | null;
    };

export interface Package {
  readonly name: string;
  readonly files: readonly DeliveredFile[];
  /** Run in the folder of its files, as cmd.exe takes it. */
  readonly command: string;
  readonly successCodes: readonly number[];
  /** Success, and the host must restart before what follows. */
  readonly rebootCodes: readonly number[];
  /** Tried again later, as 1618: another installation is running. */
  readonly retryCodes: readonly number[];
  readonly retries: number;
  readonly timeoutSeconds: number;
  /** What is there when it is installed already. */
  readonly detect: PackageSign | null;
}

export type PackageSign =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'registry'; readonly key: string; readonly value: string | null };

export interface LinuxSettings {
  /** Account that may become root; null: none is made. */
  readonly account: { readonly name: string; readonly passwordHash: string | null } | null;
  /** Lines of `authorized_keys`. */
  readonly sshKeys: readonly string[];
  /** Run as root at the first boot, in order. */
  readonly commands: readonly string[];
  /** Seeds cloud-init where the image has it. */
  readonly cloudInit: boolean;
}
