/** What the service on the host reports of one step; the same on Windows and on Linux. */
export interface StepReport {
  /** Counted from 1; 0 is Windows' own setup, which is waited for. */
  readonly step: number;
  readonly name: string;
  readonly state: 'started' | 'finished' | 'failed' | 'skipped' | 'waiting-for-reboot';
  readonly exitCode: number | null;
  readonly seconds: number | null;
  readonly attempt: number;
  readonly logTail: string;
}
