import type { InfProblem } from './inf-sections.ts';

/** What Mimeo keeps of a driver's .inf file: plain data that can be written as JSON. */
export interface DriverInf {
  /** As written, `Net`; null when it is not said. */
  readonly className: string | null;
  /** In lower case with braces. */
  readonly classGuid: string | null;
  readonly provider: string | null;
  /** `2013-04-22`; null when it is not said, or no date. */
  readonly date: string | null;
  /** `12.6.45.0`. */
  readonly version: string | null;
  /** Names of the catalogs (signatures) by `nt…` decoration; '' is the one for all. */
  readonly catalogs: Readonly<Record<string, string>>;
  /** Of an extension, which is installed beside a driver and never instead of it: its `ExtensionId`, or ''. */
  readonly extensionId: string | null;
  readonly manufacturers: readonly InfManufacturer[];
  readonly problems: readonly InfProblem[];
}

/** One entry of `[Manufacturer]`: Windows takes one of its Models sections. */
export interface InfManufacturer {
  readonly name: string;
  readonly models: readonly InfModels[];
}

/** A Models section. */
export interface InfModels {
  /** As written, `NTamd64.6.1`; null is the section without one. */
  readonly decoration: string | null;
  readonly devices: readonly InfDevice[];
  /** What its devices copy from the driver's own folder. */
  readonly files: readonly InfFile[];
  /** Ids of the software components that come with its devices, `SWC\…` in upper case. */
  readonly components: readonly string[];
}

export interface InfDevice {
  readonly description: string;
  /** The hardware id first (it may be ''), then compatible ids; in upper case. */
  readonly ids: readonly string[];
  /** 0 is the best, 255 is what Windows takes when it is not said. */
  readonly featureScore: number;
}

export interface InfFile {
  /** From the folder of the .inf file, `/` between its parts. */
  readonly path: string;
  /** The cabinet that it may be in instead, from the same folder; null when there is none. */
  readonly cabinet: string | null;
}

/** The class of extensions ("Using an Extension INF File" of the driver documentation). */
export const EXTENSION_CLASS = '{e2f84ce7-8efa-411c-aa69-97454ca4cb57}';
/** What Windows takes for a `FeatureScore` that is not said. */
export const DEFAULT_FEATURE_SCORE = 255;
