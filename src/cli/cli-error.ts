import { CommanderError } from 'commander';
import { type ErrorCode, type MimeoError, toMimeoError } from '../errors.ts';
import type { Problem } from '../protocol/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** A refusal of the server, as it said it. */
export class ServerRefusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = 'ServerRefusal';
    this.problem = problem;
  }
}

/** Ctrl-C. `next` says what goes on without us. */
export class Interrupted extends Error {
  readonly next: string;

  constructor(next = '') {
    super('interrupted');
    this.name = 'Interrupted';
    this.next = next;
  }
}

/** Any failure of a command, as people and scripts get it. */
export interface CliFailure {
  readonly exit: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

const LOCAL_EXIT: Partial<Record<ErrorCode, ExitCode>> = {
  'confirmation-needed': EXIT.usage,
  'not-signed-in': EXIT.auth,
  'not-understood': EXIT.usage,
  'server-unreachable': EXIT.unreachable,
};

/** Which failure a thrown value is; what nobody foresaw is an `internal` one. */
export function describeFailure(thrown: unknown): CliFailure {
  if (thrown instanceof Interrupted) {
    return { exit: EXIT.interrupted, code: 'interrupted', message: thrown.message, next: thrown.next };
  }
  if (thrown instanceof ServerRefusal) {
    const { problem } = thrown;
    return { exit: exitOf(problem), code: problem.code, message: thrown.message, next: problem.next };
  }
  if (thrown instanceof CommanderError) {
    const message = thrown.message.replace(/^error: /, '');
    return { exit: EXIT.usage, code: 'usage', message, next: 'See: mimeo --help' };
  }
  const error: MimeoError = toMimeoError(thrown);
  return {
    exit: LOCAL_EXIT[error.code] ?? EXIT.failure,
    code: error.code,
    message: error.message,
    next: error.next,
  };
}

function exitOf({ status, code }: Problem): ExitCode {
  if (status === 401 || status === 403) return EXIT.auth;
  if (status === 404) return EXIT.notFound;
  return code === 'usage' || status === 400 ? EXIT.usage : EXIT.failure;
}
