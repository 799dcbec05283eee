import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder, SYSTEM_DATA } from '../../../setup/data-folder.mjs';
import { MimeoError } from '../../errors.ts';
import { readLogins } from './logins.ts';

/** Where the server is: on this machine by its socket, which needs no token, or elsewhere. */
export type ServerAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly token: string | null };

export interface AddressWish {
  /** `--server` */
  readonly server: string | undefined;
  /** `--data` */
  readonly data: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Finds the server: what was asked for, else $MIMEO_SERVER, else the one on this machine, else the one
 * that was logged in to last. Without any it is this machine's, so that the failure names its socket.
 */
export function findServer({ server, data, env }: AddressWish): ServerAddress {
  const socket = join(dataFolder(data, env), 'mimeo.sock');
  const named = server ?? (data === undefined ? env['MIMEO_SERVER'] : undefined);
  const logins = readLogins(env);
  if (named !== undefined && named !== '') {
    const url = serverUrl(named);
    return { kind: 'url', url, token: logins.tokens[url] ?? null };
  }
  const last = logins.last;
  if (data !== undefined || existsSync(socket)) return { kind: 'socket', path: socket };
  if (last !== null) return { kind: 'url', url: last, token: logins.tokens[last] ?? null };
  // Root's server is there although this user may not look into its folder: its refusal tells what to do.
  const system = (env['MIMEO_DATA'] ?? '') === '' && existsSync(SYSTEM_DATA);
  return { kind: 'socket', path: system ? join(SYSTEM_DATA, 'mimeo.sock') : socket };
}

/** Where a server listens when nobody says otherwise. */
const OWN_PORT = 8080;

/**
 * A server's address as typed, in one form: `mimeo.school` becomes `http://mimeo.school:8080`. Who writes `http://`
 * or a port means exactly that.
 */
export function serverUrl(text: string): string {
  const withScheme = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme)) {
    throw new MimeoError('not-understood', `"${text}" is no address of a server.`, {
      next: 'Write it as the server prints it, like http://192.168.1.10:8080',
    });
  }
  const url = new URL(withScheme);
  const bare = withScheme !== text && !/:\d+$/.test(text.replace(/[/?#].*$/, ''));
  if (bare) url.port = String(OWN_PORT);
  return url.origin;
}

/** The server's place in words, for messages. */
export function addressWords(address: ServerAddress): string {
  return address.kind === 'url' ? address.url : address.path;
}
