import type { Change, FolderEntry, SymbolicLink } from '../../types.ts';
import type { LinuxFacts } from '../facts.ts';
import { isThere, namesIn, resolvePath, writeOurs } from '../tree.ts';
import { HOME } from './runner.ts';

/** How the system starts the first boot's two halves. */
export interface StartFiles {
  readonly edits: readonly Change[];
  /** All of them, removed at the end. */
  readonly paths: readonly string[];
}

const EARLY = 'mimeo-identity';
const LATE = 'mimeo-first-boot';
const WHY = 'starts the first boot';

/**
 * `before-logins` has no default dependencies: sshd's socket stands before basic.target, and what comes before the
 * socket must not wait for that. Nobody can log in until systemd-user-sessions has run.
 */
const SYSTEMD_EARLY = `[Unit]
Description=Keys and account of this host (Mimeo)
DefaultDependencies=no
After=local-fs.target systemd-sysusers.service systemd-tmpfiles-setup.service systemd-random-seed.service
Before=sshd-keygen.target ssh.socket sshd.socket ssh.service sshd.service dropbear.service
Before=systemd-user-sessions.service shutdown.target
Conflicts=shutdown.target
ConditionPathExists=${HOME}/run

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh ${HOME}/run before-logins
TimeoutStartSec=infinity

[Install]
WantedBy=multi-user.target
`;

const SYSTEMD_LATE = `[Unit]
Description=First boot of this host (Mimeo)
Wants=network-online.target
After=network-online.target ${EARLY}.service
ConditionPathExists=${HOME}/run

[Service]
Type=exec
ExecStart=/bin/sh ${HOME}/run with-network
TimeoutStopSec=30

[Install]
WantedBy=multi-user.target
`;

/** LSB comments for Debian's old init; an OpenRC reads its own functions and passes the comments over. */
function initScript(name: string, phase: string, before: string, background: string): string {
  return `#!/bin/sh
### BEGIN INIT INFO
# Provides:          ${name}
# Required-Start:    $local_fs${phase === 'with-network' ? ' $network' : ''}
# Required-Stop:
# X-Start-Before:    ${before}
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: First boot of this host (Mimeo)
### END INIT INFO
case "$1" in
  start) [ ! -e ${HOME}/run ] || /bin/sh ${HOME}/run ${phase} >/dev/null 2>&1 </dev/null${background} ;;
esac
exit 0
`;
}

function openrcScript(phase: string, order: string, background: string): string {
  return `#!/sbin/openrc-run
description="First boot of this host (Mimeo)"
depend() {
	${order}
}
start() {
	[ -e ${HOME}/run ] || return 0
	/bin/sh ${HOME}/run ${phase} >/dev/null 2>&1 </dev/null${background}
	return 0
}
`;
}

/** The files that start both halves; null where it is not known how the system starts. */
export function startFiles(view: FolderEntry, { init }: LinuxFacts): StartFiles | null {
  switch (init) {
    case 'systemd':
      return systemd(view);
    case 'openrc':
      return openrc(view);
    case 'sysv':
      return sysv(view);
    case 'unknown':
      return null;
  }
}

/** What {@link startFiles} looks at. */
export const START_PATHS: readonly string[] = [
  ...[EARLY, LATE].flatMap((name) => [
    `/etc/systemd/system/${name}.service`,
    `/etc/systemd/system/multi-user.target.wants/${name}.service`,
    `/etc/init.d/${name}`,
    `/etc/runlevels/default/${name}`,
  ]),
  ...['rcS.d', 'rc2.d', 'rc3.d', 'rc4.d', 'rc5.d'].map((folder) => `/etc/${folder}/*`),
];

function systemd(view: FolderEntry): StartFiles {
  const units = '/etc/systemd/system';
  return collect(
    view,
    [
      [`${units}/${EARLY}.service`, SYSTEMD_EARLY, 0o644],
      [`${units}/${LATE}.service`, SYSTEMD_LATE, 0o644],
    ],
    [EARLY, LATE].map((name) => [
      `${units}/multi-user.target.wants/${name}.service`,
      `${units}/${name}.service`,
    ]),
  );
}

function openrc(view: FolderEntry): StartFiles {
  return collect(
    view,
    [
      [
        `/etc/init.d/${EARLY}`,
        openrcScript('before-logins', 'need localmount\n\tbefore sshd dropbear', ''),
        0o755,
      ],
      [`/etc/init.d/${LATE}`, openrcScript('with-network', `need net\n\tafter ${EARLY} sshd`, ' &'), 0o755],
    ],
    [EARLY, LATE].map((name) => [`/etc/runlevels/default/${name}`, `/etc/init.d/${name}`]),
  );
}

/** By links with numbers: before anything of the runlevel, and behind all of it. */
function sysv(view: FolderEntry): StartFiles {
  const folders = ['rc2.d', 'rc3.d', 'rc4.d', 'rc5.d'].filter((folder) => isThere(view, `/etc/${folder}`));
  return collect(
    view,
    [
      [`/etc/init.d/${EARLY}`, initScript(EARLY, 'before-logins', 'ssh', ''), 0o755],
      [`/etc/init.d/${LATE}`, initScript(LATE, 'with-network', '', ' &'), 0o755],
    ],
    folders.flatMap((folder) => [
      [`/etc/${folder}/${firstPlace(view, folder)}${EARLY}`, `../init.d/${EARLY}`] as const,
      [`/etc/${folder}/S99${LATE}`, `../init.d/${LATE}`] as const,
    ]),
  );
}

/** `S00`, so that it stands before whatever the runlevel starts with, whose numbers begin at 01. */
function firstPlace(view: FolderEntry, folder: string): string {
  return namesIn(view, `/etc/${folder}`).some((name) => name.startsWith('S00')) ? 'S000' : 'S00';
}

function collect(
  view: FolderEntry,
  files: readonly (readonly [path: string, text: string, mode: 0o644 | 0o755])[],
  links: readonly (readonly [path: string, target: string])[],
): StartFiles {
  return {
    edits: [
      ...files.map(([path, text, mode]) => writeOurs(view, path, text, WHY, mode)),
      ...links.map(([path, target]): SymbolicLink => {
        const place = resolvePath(view, path, false);
        const before = place.entry?.kind === 'file' ? (place.entry.target ?? null) : null;
        return { kind: 'link', path: place.path, before, target, why: WHY };
      }),
    ],
    paths: [...files.map(([path]) => path), ...links.map(([path]) => path)],
  };
}
