import { errorTable } from './error-table.ts';

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
