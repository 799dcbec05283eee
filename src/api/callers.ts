import type { FastifyRequest } from 'fastify';
import type { Access, AgentSessions } from '../control/index.ts';
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
  if (local.has(request.raw.socket)) return 'the server’s own console';
  const token = bearerOf(request);
  const label = token === null ? null : await access.whoIs(token);
  if (label === null) throw new MimeoError('not-signed-in', 'This call needs an access token.');
  return label;
}

/** The id of the host whose token this is. */
export async function hostOf(request: FastifyRequest, sessions: AgentSessions): Promise<string> {
  return sessions.hostIdOf(bearerOf(request));
}

function bearerOf(request: FastifyRequest): string | null {
  const [, token] = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(request.headers.authorization ?? '') ?? [];
  return token ?? null;
}
