import { ApiClient } from './connection/api-client.ts';
import { findServer } from './connection/server-address.ts';
import { type Paint, painter } from './format/paint.ts';
import type { Terminal } from './terminal.ts';

/** What stands around one run of the command. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted by Ctrl-C, with an `Interrupted` as its reason. */
  readonly signal: AbortSignal;
}

/** The options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly server?: string;
  readonly data?: string;
}

/** What a command works with. */
export interface Session extends Surroundings {
  readonly json: boolean;
  readonly api: ApiClient;
  /** Colours of standard output. */
  readonly paint: Paint;
  /** Colours of standard error. */
  readonly paintErrors: Paint;
  /** The result: the value as it came under `--json`, else the lines. */
  print(value: unknown, lines: () => readonly string[]): void;
}

export function openSession(around: Surroundings, options: GlobalOptions): Session {
  const { terminal, env } = around;
  const json = options.json ?? false;
  return {
    ...around,
    json,
    api: new ApiClient(findServer({ server: options.server, data: options.data, env }), around.signal),
    paint: painter(colours(terminal.outputIsTty, env)),
    paintErrors: painter(colours(terminal.errorsAreTty, env)),
    print(value, lines) {
      terminal.out(json ? `${JSON.stringify(value, null, 2)}\n` : joined(lines()));
    },
  };
}

/** Whether to use colours: https://no-color.org, and a terminal that can. */
export function colours(isTty: boolean, env: NodeJS.ProcessEnv): boolean {
  return isTty && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** Lines as text that ends with a line end; nothing for no lines. */
export function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
