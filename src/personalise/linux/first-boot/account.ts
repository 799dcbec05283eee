import { MimeoError } from '../../../errors.ts';
import type { LinuxSettings } from '../../settings.ts';
import type { Planner } from '../part.ts';
import { isThere } from '../tree.ts';
import { shellQuote } from './shell-quote.ts';
import type { FirstBootTask } from './task.ts';

/** As useradd(8) takes it everywhere. */
const NAME = /^[a-z_][a-z0-9_-]{0,30}$/;
/** crypt(5): `$id$…`, nothing that would end the line or the field. */
const HASH = /^\$[0-9a-z]+\$[./A-Za-z0-9$=,-]+$/;

/** The account and the SSH keys that a profile gives every host. */
export const account: Planner = {
  paths: () => ['/etc/sudoers'],
  plan: ({ settings: { linux }, view }) => {
    const task = accountTask(linux);
    const powerless = linux.account !== null && !isThere(view, '/etc/sudoers');
    return {
      tasks: task === null ? [] : [task],
      warnings: powerless
        ? [`The image has no sudo, so the account ${linux.account?.name} cannot become root by itself.`]
        : [],
    };
  },
};

/**
 * Makes the account by the system's own tools at the first boot: they know its user ids, home folders, subordinate ids
 * and SELinux labels, which edits of /etc/passwd from outside would have to guess. One that is there already gets the
 * password and the keys. Without a password it becomes root without one, or it never could.
 *
 * @throws MimeoError `personalise-order` for a name or hash that Linux would not take
 */
function accountTask({ account, sshKeys }: LinuxSettings): FirstBootTask | null {
  if (account === null && sshKeys.length === 0) return null;
  const name = account?.name ?? 'root';
  const hash = account?.passwordHash ?? null;
  if (!NAME.test(name)) {
    throw new MimeoError('personalise-order', `${JSON.stringify(name)} is no name for an account in Linux.`);
  }
  if (hash !== null && !HASH.test(hash)) {
    throw new MimeoError('personalise-order', `The password of ${name} is not hashed as crypt(5) wants it.`);
  }
  for (const key of sshKeys) {
    if (/[\n\r]/.test(key)) throw new MimeoError('personalise-order', 'An SSH key must be one line.');
  }
  const lines = [
    'set -e',
    `name=${name}`,
    ...(account === null ? [] : makeAccount(hash)),
    ...(sshKeys.length === 0 ? [] : addKeys(sshKeys)),
  ];
  return {
    when: 'before-logins',
    name: account === null ? 'SSH keys of root' : `Account ${name}`,
    script: `${lines.join('\n')}\n`,
    seconds: 300,
  };
}

function makeAccount(hash: string | null): string[] {
  return [
    'if ! id "$name" >/dev/null 2>&1; then',
    '  shell=/bin/sh; [ ! -x /bin/bash ] || shell=/bin/bash',
    '  if command -v useradd >/dev/null 2>&1; then useradd -m -s "$shell" "$name"; else adduser -D -s "$shell" "$name"; fi',
    'fi',
    'for group in sudo wheel; do',
    '  grep -q "^$group:" /etc/group || continue',
    '  if command -v usermod >/dev/null 2>&1; then usermod -a -G "$group" "$name"; else addgroup "$name" "$group"; fi',
    'done',
    ...(hash === null
      ? [
          'if [ -d /etc/sudoers.d ]; then',
          '  (umask 0337; echo "$name ALL=(ALL:ALL) NOPASSWD: ALL" >/etc/sudoers.d/.mimeo-new)',
          '  mv /etc/sudoers.d/.mimeo-new "/etc/sudoers.d/90-mimeo-$name"',
          'fi',
        ]
      : // By standard input: everyone may read a command line.
        [`printf '%s:%s\\n' "$name" ${shellQuote(hash)} | chpasswd -e`]),
  ];
}

function addKeys(keys: readonly string[]): string[] {
  return [
    'home=$(awk -F: -v name="$name" \'$1 == name { print $6 }\' /etc/passwd)',
    'group=$(id -g "$name")',
    'mkdir -p "$home/.ssh"',
    'file=$home/.ssh/authorized_keys',
    'touch "$file"',
    ...keys.map(
      (key) => `grep -qxF ${shellQuote(key)} "$file" || printf '%s\\n' ${shellQuote(key)} >>"$file"`,
    ),
    'chmod 700 "$home/.ssh"; chmod 600 "$file"',
    'chown -R "$name:$group" "$home/.ssh"',
    'if command -v restorecon >/dev/null 2>&1; then restorecon -R "$home/.ssh" || true; fi',
  ];
}
