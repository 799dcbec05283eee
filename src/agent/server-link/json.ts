import type { ZodType } from 'zod';
import { MimeoError } from '../../errors.ts';

/** Limits of a call whose reply is a small JSON document. */
export const SHORT_REPLY = { idleMs: 20_000, mostBytes: 4_194_304 } as const;
/** An order carries the technician's .reg files in base64, of which the server allows several MiB. */
export const MOST_WORK_BYTES = 16_777_216;

/** Encodes a message after checking it against its schema: a fault of ours is found here, not by the server. */
export function writeJson<T>(schema: ZodType<T>, message: T, what: string): Buffer {
  const checked = schema.safeParse(message);
  if (!checked.success) {
    throw new MimeoError('internal', `${what}: the agent's own message is wrong: ${issues(checked.error)}`);
  }
  return Buffer.from(JSON.stringify(checked.data));
}

/** @throws MimeoError `server-reply` when it is no JSON or not what the schema says */
export function readJson<T>(schema: ZodType<T>, body: Buffer, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch (error) {
    throw new MimeoError('server-reply', `${what}: the server's reply is no JSON.`, { cause: error });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new MimeoError(
    'server-reply',
    `${what}: the server's reply is not understood: ${issues(checked.error)}.`,
  );
}

function issues(error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  return error.issues
    .slice(0, 4)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('; ');
}
