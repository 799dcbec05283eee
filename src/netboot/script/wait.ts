import { screenText, script, scriptUrl } from './text.ts';

export interface WaitOptions {
  /** What the host waits for: `the server is starting`. */
  readonly message: string;
  /** Pause before it asks again, in seconds. */
  readonly seconds: number;
  /** The script to ask for next, usually the one that answered with this one. */
  readonly retryUrl: string;
}

/** A host that has to wait: shows why, pauses and asks again for as long as it takes. */
export function waitScript(options: WaitOptions): string {
  const seconds = Math.min(600, Math.max(1, Math.round(options.seconds)));
  return script([
    `echo Mimeo: ${screenText(options.message) || 'please wait'}. Asking again in ${seconds} seconds.`,
    ':again',
    `sleep ${seconds}`,
    `chain --replace --autofree ${scriptUrl(options.retryUrl)} || goto again`,
  ]);
}
