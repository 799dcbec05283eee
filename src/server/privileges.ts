import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { run } from '../command.ts';
import { MimeoError } from '../errors.ts';

/** The user the server becomes when it was started by root. */
const USER = 'mimeo';

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes the server's own user (if root starts it) and gives it the data folder. Files that root put there,
 * such as the boot environment, stay root's: the server only reads them.
 *
 * @returns null when not root: then there is nothing to give up
 */
export async function prepareUser(data: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) {
    mkdirSync(data, { recursive: true, mode: 0o750 });
    return null;
  }
  if (accountOf(USER) === null) {
    const home = ['--no-create-home', '--home-dir', data, '--shell', '/usr/sbin/nologin'];
    await run(['useradd', '--system', '--user-group', ...home, USER]);
  }
  const account = accountOf(USER);
  if (account === null) throw new MimeoError('internal', `The user ${USER} was made and is not there.`);
  mkdirSync(data, { recursive: true, mode: 0o750 });
  chownSync(data, account.uid, account.gid);
  // Root's own commands (a restored backup, an editor) may have left files that the server must write.
  for (const name of OWNED) giveTree(join(data, name), account);
  return account;
}

/** What the server writes in its data folder. */
const OWNED = ['keys', 'share', 'saved-tables', 'mimeo.db', 'mimeo.db-wal', 'mimeo.db-shm', 'server.log'];

function giveTree(path: string, account: Account): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isSymbolicLink()) return;
  if (found.uid !== account.uid) chownSync(path, account.uid, account.gid);
  if (found.isDirectory()) for (const name of readdirSync(path)) giveTree(join(path, name), account);
}

/**
 * Gives up root for good, after the sockets below 1024 are open. Every thread of the process changes, since
 * the C library's setuid does that.
 */
export function dropRoot(account: Account | null): void {
  if (account === null || !process.setgroups || !process.setgid || !process.setuid) return;
  process.setgroups([account.gid]);
  process.setgid(account.gid);
  process.setuid(account.uid);
}

function accountOf(name: string): Account | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  if (line === undefined) return null;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
