import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, MimeoError, toMimeoError } from '../errors.ts';
import type { Problem } from '../protocol/index.ts';

/** HTTP statuses of the errors that are not simply "your request cannot be carried out" (409). */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'agent-protocol': 400,
  'agent-token': 401,
  'chunk-damaged': 422,
  'chunk-missing': 404,
  'code-missing': 403,
  'code-wrong': 403,
  'deployment-missing': 404,
  // "Too early": the agent asks again.
  'host-active': 425,
  'host-missing': 404,
  'image-label': 422,
  'image-missing': 404,
  'image-name': 422,
  'image-notes': 422,
  'index-damaged': 422,
  internal: 500,
  'job-missing': 404,
  'not-allowed': 403,
  'not-signed-in': 401,
  'request-invalid': 400,
  'store-failed': 503,
  'store-full': 507,
  'task-missing': 404,
  'too-many-unknown': 429,
  'upload-ended': 404,
  'uploads-many': 429,
};

export function problemOf(error: MimeoError): Problem {
  const { code, message, next, kind } = error;
  return {
    type: `urn:mimeo:${code}`,
    title: code,
    status: STATUS[code] ?? 409,
    detail: message,
    code,
    next,
    kind,
  };
}

/** Every error of every route leaves as application/problem+json; what we did not foresee says no more than that. */
export function sendProblem(
  thrown: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemOf(translate(thrown));
  if (problem.status >= 500) request.log.error({ err: thrown }, 'request failed');
  const shown =
    problem.code === 'internal' ? { ...problem, detail: 'The server met a fault of its own.' } : problem;
  return reply.code(shown.status).type('application/problem+json').send(JSON.stringify(shown));
}

function translate(thrown: FastifyError | Error): MimeoError {
  const status = 'statusCode' in thrown ? thrown.statusCode : undefined;
  if (!(thrown instanceof MimeoError) && status !== undefined && status >= 400 && status < 500) {
    return new MimeoError('request-invalid', thrown.message, { cause: thrown });
  }
  return toMimeoError(thrown);
}
