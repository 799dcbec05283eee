import { errorTable } from '../../error-table.ts';
import { type ErrorCode, MimeoError } from '../../errors.ts';
import { problemSchema } from '../../protocol/index.ts';
import type { HttpReply } from './connection.ts';

/** The token is not known (any more): the agent says hello again and repeats the call. */
export class TokenUnknown extends Error {
  override readonly name = 'TokenUnknown';
}

/** Statuses that say "not now": too slow, too early, too many, restarting. A full disk (507) is not among them. */
const NOT_NOW = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * What an HTTP reply that is no success means: {@link TokenUnknown}, `server-unreachable` when the same call
 * may succeed later, else the server's own words as a permanent error.
 */
export function refusalOf(reply: HttpReply, what: string): Error {
  if (reply.status === 401) return new TokenUnknown(what);
  const problem = problemOf(reply.body);
  const words = problem?.detail ?? `${what}: the server answered with HTTP status ${reply.status}.`;
  const isTransient = NOT_NOW.has(reply.status) && problem?.kind !== 'permanent';
  if (isTransient) return new MimeoError('server-unreachable', words);
  if (problem === null) return new MimeoError('server-refused', words);
  const code = isErrorCode(problem.code) ? problem.code : 'server-refused';
  return new MimeoError(code, words, { next: problem.next });
}

function problemOf(body: Buffer) {
  try {
    return problemSchema.parse(JSON.parse(body.toString()));
  } catch {
    return null;
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
