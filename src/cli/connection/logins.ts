import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeDurably } from '../../durable-file.ts';
import { MimeoError } from '../../errors.ts';

/** The access tokens of the servers that this person logged in to. */
export interface Logins {
  /** The server of the last login. */
  readonly last: string | null;
  /** By the server's origin. */
  readonly tokens: Readonly<Record<string, string>>;
}

export function loginsFile(env: NodeJS.ProcessEnv): string {
  const config = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(config, 'mimeo', 'logins.json');
}

export function readLogins(env: NodeJS.ProcessEnv): Logins {
  const path = loginsFile(env);
  if (!existsSync(path)) return { last: null, tokens: {} };
  const value = parse(path);
  const tokens = Object.entries(value.tokens ?? {}).filter((entry) => typeof entry[1] === 'string');
  return {
    last: typeof value.last === 'string' ? value.last : null,
    tokens: Object.fromEntries(tokens) as Record<string, string>,
  };
}

/** Remembers a token; only its owner may read the file. */
export async function saveLogin(env: NodeJS.ProcessEnv, server: string, token: string): Promise<string> {
  const path = loginsFile(env);
  const { tokens } = readLogins(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const logins: Logins = { last: server, tokens: { ...tokens, [server]: token } };
  await writeDurably(path, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
  return path;
}

function parse(path: string): { last?: unknown; tokens?: object } {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new MimeoError('not-signed-in', `${path} cannot be read as JSON.`, {
    next: 'Remove the file and log in again with `mimeo login URL`.',
  });
}
