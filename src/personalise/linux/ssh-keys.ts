import type { Planner } from './part.ts';
import { isThere, namesLike, removeAt } from './tree.ts';

const FOLDER = '/etc/ssh';

/**
 * Without the master's host keys, and with new ones made at the first boot before anything listens: Debian's OpenSSH
 * makes none by itself, and does not start without. `ssh-keygen -A` makes those that are missing, so it does no harm
 * where the distribution has a service of its own for it (Fedora's sshd-keygen).
 */
export const sshKeys: Planner = {
  paths: () => [`${FOLDER}/*`, '/usr/bin/ssh-keygen', '/usr/sbin/sshd', '/etc/dropbear/*'],
  plan: ({ facts, view }) => {
    const keys = namesLike(view, FOLDER, 'ssh_host_*key*');
    const dropbear = namesLike(view, '/etc/dropbear', 'dropbear_*_host_key');
    const hasGenerator = isThere(view, '/usr/bin/ssh-keygen');
    if (keys.length > 0 && (!hasGenerator || facts.init === 'unknown')) {
      const cause = hasGenerator ? 'how this system starts is not known' : 'it has no ssh-keygen';
      return { warnings: [`The SSH host keys in ${FOLDER} are the master's, and stay: ${cause}.`] };
    }
    return {
      edits: [
        ...keys.flatMap((name) =>
          removeAt(view, `${FOLDER}/${name}`, "the master's SSH key", name.endsWith('key')),
        ),
        ...dropbear.flatMap((name) => removeAt(view, `/etc/dropbear/${name}`, "the master's SSH key", true)),
      ],
      tasks:
        hasGenerator && isThere(view, '/usr/sbin/sshd')
          ? [{ when: 'before-logins', name: 'SSH host keys', script: 'ssh-keygen -A\n', seconds: 300 }]
          : [],
    };
  },
};
