import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Access, AgentSessions, Caller } from '../control/index.ts';
import { MimeoError } from '../errors.ts';

/** Requests that came over the unix socket: only root and the server's own user can open it. */
const local = new WeakSet<object>();

/** Marks a connection of the unix socket. */
export function markLocal(socket: object): void {
  local.add(socket);
}

/**
 * Who orders this, for the log: "root on the server" over the unix socket, else the label of the token.
 *
 * @throws MimeoError `not-signed-in`
 */
export async function personOf(request: FastifyRequest, access: Access): Promise<string> {
  return (await callerOf(request, access)).label;
}

/**
 * The person, and which of his logins this is: every token is one of its own.
 *
 * @throws MimeoError `not-signed-in`
 */
export async function callerOf(request: FastifyRequest, access: Access): Promise<Caller> {
  if (local.has(request.raw.socket)) return { label: 'the server’s own console', key: 'console' };
  const token = bearerOf(request);
  const label = token === null ? null : await access.whoIs(token);
  if (token === null || label === null) {
    throw new MimeoError('not-signed-in', 'This call needs an access token.');
  }
  return { label, key: createHash('sha256').update(token).digest('hex') };
}

/** The id of the host whose token this is, when it calls from where it said hello. */
export async function hostOf(request: FastifyRequest, sessions: AgentSessions): Promise<string> {
  return sessions.hostIdOf(bearerOf(request), request.ip);
}

function bearerOf(request: FastifyRequest): string | null {
  const [, token] = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(request.headers.authorization ?? '') ?? [];
  return token ?? null;
}
