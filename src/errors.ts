/**
 * The one table of what can go wrong. Each row: what the person should do next, and whether trying the
 * same thing again may help (`transient`) or not (`permanent`). What happened, and where, is the message
 * of the error itself. Keep the rows sorted by code.
 */
export const errorTable = {
  'command-failed': { kind: 'permanent', next: 'Read the output of the command above; it names the cause.' },
  internal: { kind: 'permanent', next: 'This is a fault in Mimeo. Please report it with the log.' },
  'server-refused': {
    kind: 'permanent',
    next: "Read the server's words above; `mimeo status` shows what it knows of this host.",
  },
  'server-reply': {
    kind: 'permanent',
    next: 'The boot environment and the server are of different versions. Build the boot environment again and restart the host.',
  },
  'server-unreachable': {
    kind: 'transient',
    next: 'Check that the server runs and that the cable and the switch are in order; the agent keeps trying.',
  },
} as const satisfies Record<string, { kind: 'permanent' | 'transient'; next: string }>;

export type ErrorCode = keyof typeof errorTable;

/** An error that a technician may see: a code from the table, what happened in words, what to do next. */
export class MimeoError extends Error {
  readonly code: ErrorCode;
  readonly next: string;
  readonly kind: 'permanent' | 'transient';

  /**
   * @param code a row of {@link errorTable}
   * @param message what happened and where, a whole sentence without the next step
   * @param options `next` replaces the table's next step when the place knows a better one
   */
  constructor(code: ErrorCode, message: string, options: { next?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MimeoError';
    this.code = code;
    this.next = options.next ?? errorTable[code].next;
    this.kind = errorTable[code].kind;
  }

  toJSON(): { code: ErrorCode; message: string; next: string; kind: 'permanent' | 'transient' } {
    return { code: this.code, message: this.message, next: this.next, kind: this.kind };
  }
}

/** Any thrown value as a MimeoError; what is not one already becomes `internal` and keeps its cause. */
export function toMimeoError(thrown: unknown): MimeoError {
  if (thrown instanceof MimeoError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new MimeoError('internal', message, { cause: thrown });
}
