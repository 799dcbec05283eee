/** Something that the host itself does at its first boot. */
export interface FirstBootTask {
  /** `before-logins`: before SSH listens or anybody can log in, without a network. */
  readonly when: 'before-logins' | 'with-network';
  /** As people see it. */
  readonly name: string;
  /** For a POSIX shell; run as root in `/`, its words go to the log. Removed when it has ended. */
  readonly script: string;
  /** A shell test: where it succeeds, there is nothing to do. */
  readonly unless?: string;
  /** After so long it is killed with all that it started, and has failed. */
  readonly seconds: number;
  /** Which exit statuses mean what; absent: 0 is success, all others are failures. */
  readonly codes?: ExitCodes;
}

export interface ExitCodes {
  readonly success: readonly number[];
  /** Success, and the host restarts before what follows. */
  readonly reboot: readonly number[];
  /** Tried again, at most `retries` times. */
  readonly retry: readonly number[];
  readonly retries: number;
}

export const PLAIN_CODES: ExitCodes = { success: [0], reboot: [], retry: [], retries: 0 };
