import type { DeliveredFile } from '../settings.ts';

/** What is known of the Windows that the service will run in. */
export interface FirstBootFacts {
  readonly generation: 'xp' | '7+';
  /** The letter of the volume in Windows, with its colon. */
  readonly drive: string;
}

/** How long the service waits for what. */
export interface FirstBootTiming {
  /** Between two tries of a step that said "later". */
  readonly retrySeconds: number;
  /** Between two looks whether Windows' own setup is over. */
  readonly setupSeconds: number;
  /** For a restart that was asked for; then it is asked for again. */
  readonly restartSeconds: number;
  /** Between two tries to send what is still queued when all steps are done. */
  readonly sendSeconds: number;
  /** How often that is tried in one boot. */
  readonly sends: number;
  /** In how many boots; then the service leaves without having reported. */
  readonly boots: number;
  /** How often a step is begun that was cut off (power, a restart of its own making) before it is given up. */
  readonly interruptions: number;
}

export const FIRST_BOOT_TIMING: FirstBootTiming = {
  retrySeconds: 60,
  setupSeconds: 5,
  restartSeconds: 120,
  sendSeconds: 30,
  sends: 20,
  boots: 30,
  interruptions: 3,
};

export interface FirstBootFile {
  /** From the root of the volume. */
  readonly path: readonly string[];
  readonly bytes: Buffer;
  /** Nobody else may even read it: one of them holds the token. */
  readonly readers: 'administrators';
}

export interface FirstBootStep {
  /** Counted from 1. */
  readonly step: number;
  readonly name: string;
  /** Most that may pass between two of its reports. */
  readonly limitSeconds: number;
}

/** The files of a package and where they belong, from the root of the volume. */
export interface FirstBootDelivery {
  /** Of the package, as the profile calls it. */
  readonly name: string;
  readonly folder: readonly string[];
  readonly files: readonly DeliveredFile[];
}

export interface FirstBootPlan {
  readonly files: readonly FirstBootFile[];
  readonly deliveries: readonly FirstBootDelivery[];
  /** Run once as SYSTEM by Windows' setup: a line of cmdlines.txt (XP), a RunSynchronousCommand of specialize (7+). */
  readonly startCommand: string;
  /** In their order; the last one cleans up. */
  readonly steps: readonly FirstBootStep[];
  readonly warnings: readonly string[];
}

/** One step as a folder of scripts. */
export interface StepScript {
  readonly name: string;
  /** `run.cmd` and what it needs, by name. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly timeoutSeconds: number;
  readonly successCodes: readonly number[];
  readonly rebootCodes: readonly number[];
  readonly retryCodes: readonly number[];
  readonly retries: number;
}
