import { diskErrors } from './disk-errors.ts';

/**
 * The one table of what can go wrong. Each row: what the person should do next, and whether trying the
 * same thing again may help (`transient`) or not (`permanent`). What happened, and where, is the message
 * of the error itself. Keep the rows sorted by code; those of disks, images and the store are in `disk-errors.ts`.
 */
export const errorTable = {
  ...diskErrors,
  'agent-protocol': {
    kind: 'permanent',
    next: 'Restart the host so that it loads the boot environment of this server; rebuild that if it comes again.',
  },
  'agent-token': {
    kind: 'transient',
    next: 'The agent says hello again by itself; if it goes on, restart the host.',
  },
  'boot-environment-missing': {
    kind: 'permanent',
    next: 'Start it with `npm start`, which builds the boot environment, or name another with --boot-environment.',
  },
  'bootenv-build': {
    kind: 'permanent',
    next: 'This release of Mimeo does not fit the packages of its mirror. Please report it with the log.',
  },
  'code-missing': {
    kind: 'permanent',
    next: 'Make one on the server with `mimeo code`.',
  },
  'code-wrong': {
    kind: 'permanent',
    next: 'Type the code that `mimeo code` printed; make a new one if its tries are used up.',
  },
  'command-failed': { kind: 'permanent', next: 'Read the output of the command above; it names the cause.' },
  'confirmation-needed': {
    kind: 'permanent',
    next: 'Look at it with --dry-run; then give the same command with --yes.',
  },
  'database-newer': {
    kind: 'permanent',
    next: 'Start the newer Mimeo, or restore the backup from before the upgrade.',
  },
  'database-unsynced': {
    kind: 'transient',
    next: 'Look at the disk of the data folder (`dmesg` on the server names its errors), then restart the server.',
  },
  'deployment-missing': {
    kind: 'permanent',
    next: 'Choose one of those that `mimeo deployment list` shows.',
  },
  'domain-account-exists': {
    kind: 'permanent',
    next: 'Give the host another name; or, if this is its own account, let it be reset.',
  },
  'domain-blob-invalid': {
    kind: 'permanent',
    next: 'Make it anew for this computer, by Mimeo or by djoin.exe.',
  },
  'domain-clock': {
    kind: 'transient',
    next: 'Set the clock of the server by NTP, from the domain controller or what that one uses.',
  },
  'domain-join-failed': {
    kind: 'permanent',
    next: 'Read the words of the domain controller above; docs/domain-join.md says what the account needs.',
  },
  'domain-login': {
    kind: 'permanent',
    next: 'Correct the account and its password in the profile, or unlock it in the domain.',
  },
  'domain-rights': {
    kind: 'permanent',
    next: 'Give the account the rights on that unit that docs/domain-join.md names.',
  },
  'domain-settings': {
    kind: 'permanent',
    next: 'Correct it in the profile.',
  },
  'domain-unit': {
    kind: 'permanent',
    next: 'Correct the unit in the profile, or make it in the domain.',
  },
  'domain-unreachable': {
    kind: 'transient',
    next: 'Check that the server asks the DNS of the domain, and that the controller answers on ports 88, 389 and 445.',
  },
  'first-boot-text': {
    kind: 'permanent',
    next: 'Give the printer, package or file another name in the profile: plain letters, digits, - and _ always work.',
  },
  'hive-dirty': {
    kind: 'permanent',
    next: 'Start the Windows that it is from, shut it down (shutdown /s /t 0), and capture the master again.',
  },
  'hive-invalid': {
    kind: 'permanent',
    next: 'The registry of this Windows is damaged: start it, run chkdsk, and capture a healthy master again.',
  },
  'hive-not-written': {
    kind: 'permanent',
    next: 'Nothing was changed. Set it on the master, or by a .reg file that Windows imports at its first start.',
  },
  'host-active': {
    kind: 'transient',
    next: 'The agent asks again by itself. If it goes on, two machines say that they are this host: look at both.',
  },
  'host-ambiguous': {
    kind: 'permanent',
    next: 'Say the name of the host, or its id from `mimeo host list`.',
  },
  'host-busy': {
    kind: 'permanent',
    next: 'Wait for its task to end, or cancel it with `mimeo task cancel`.',
  },
  'host-missing': {
    kind: 'permanent',
    next: 'Look at `mimeo host list`, and at `mimeo manifest check` for lines that are not in force; or add the machine.',
  },
  'host-unnamed': {
    kind: 'permanent',
    next: 'Give it a name: add its MAC to manifest.csv, or answer the question at its screen.',
  },
  internal: { kind: 'permanent', next: 'This is a fault in Mimeo. Please report it with the log.' },
  'inventory-empty': {
    kind: 'permanent',
    next: 'The boot environment has no driver for its network card; report the PCI id that its screen shows.',
  },
  'job-cancelled': { kind: 'permanent', next: 'Start it again when it shall be done after all.' },
  'job-failed': {
    kind: 'transient',
    next: 'Look at the disk that holds the data folder (cable, health, room), then start it again.',
  },
  'job-missing': {
    kind: 'permanent',
    next: 'See the last ones with `mimeo store status`; those from before a restart of the server are gone.',
  },
  'manifest-row-refused': {
    kind: 'permanent',
    next: 'Correct the manifest in the share, or answer with another name; then try again.',
  },
  'mirror-unreachable': {
    kind: 'transient',
    next: 'Check the network and the mirror in /etc/apt (or the one given with --mirror), then try again.',
  },
  'name-taken': {
    kind: 'permanent',
    next: 'Choose another name.',
  },
  'netboot-address-missing': {
    kind: 'permanent',
    next: 'Compare the configured address with "ip -4 address", and start Mimeo again.',
  },
  'netboot-port-forbidden': {
    kind: 'permanent',
    next: 'Start Mimeo as root, or give it the capability CAP_NET_BIND_SERVICE.',
  },
  'netboot-port-taken': { kind: 'permanent', next: 'Stop the program that holds the port.' },
  'netboot-text': {
    kind: 'permanent',
    next: 'Correct the value in the configuration; boot scripts take plain printable text only.',
  },
  'network-card': {
    kind: 'permanent',
    next: 'Name the card with --interface, or give the machine an address on that network.',
  },
  'no-debian-keyring': {
    kind: 'permanent',
    next: 'Install the package debian-archive-keyring (apt install debian-archive-keyring), then try again.',
  },
  'no-debian-mirror': {
    kind: 'permanent',
    next: 'Name a Debian mirror with --mirror, as in --mirror http://MIRROR/debian.',
  },
  'not-allowed': {
    kind: 'permanent',
    next: 'A host may only ask for what belongs to its own task.',
  },
  'not-confirmed': {
    kind: 'permanent',
    next: 'Nothing was ordered. Give the command again when you are sure.',
  },
  'not-signed-in': {
    kind: 'permanent',
    next: 'Run `mimeo login` with the one-time code, or use the command on the server itself.',
  },
  'not-understood': { kind: 'permanent', next: 'See: mimeo --help' },
  'nothing-to-deploy': {
    kind: 'permanent',
    next: 'See `mimeo host list` for the machines and labs there are.',
  },
  'personalise-ambiguous': {
    kind: 'permanent',
    next: 'Rename or remove one of the two on the master, and capture it again.',
  },
  'personalise-not-written': {
    kind: 'permanent',
    next: 'Deploy the host again; if it stays, check its disk, and capture the master again.',
  },
  'personalise-order': {
    kind: 'permanent',
    next: 'Correct what the message names, then retry the deployment.',
  },
  'port-taken': {
    kind: 'permanent',
    next: 'Stop the program that uses it, or choose another port with --http-port.',
  },
  'preview-changed': {
    kind: 'permanent',
    next: 'Look at the new preview and order again.',
  },
  'profile-invalid': {
    kind: 'permanent',
    next: 'Correct the files in the folder profiles of the share at the places named above; then try again.',
  },
  'profile-not-delivered': {
    kind: 'permanent',
    next: 'Say join = "credentials" in the profile (docs/profiles.md), with an account that may do nothing but join.',
  },
  'registry-file-invalid': {
    kind: 'permanent',
    next: 'Correct the .reg file in the share at the place named above, then retry the deployment.',
  },
  'request-invalid': {
    kind: 'permanent',
    next: 'Correct the request; the message names the field.',
  },
  'rights-missing': {
    kind: 'permanent',
    next: 'Start it as root, or with sudo.',
  },
  'samba-missing': {
    kind: 'permanent',
    next: 'Install it (apt install samba-common-bin), or join the domain by another way.',
  },
  'server-refused': {
    kind: 'permanent',
    next: "Read the server's words above; `mimeo status` shows what it knows of this host.",
  },
  'server-reply': {
    kind: 'permanent',
    next: 'The boot environment and the server are of different versions. Build the boot environment again and restart the host.',
  },
  'server-unreachable': {
    kind: 'transient',
    next: 'Check that the server runs and that the cable and the switch are in order; the agent keeps trying.',
  },
  'share-file-missing': {
    kind: 'permanent',
    next: 'A driver or package was changed in the share after the deployment was planned: retry the deployment.',
  },
  'sysprep-inf-invalid': {
    kind: 'permanent',
    next: 'Save sysprep.inf on the master as ANSI or Unicode (UTF-16) text, and capture it again.',
  },
  'task-missing': {
    kind: 'permanent',
    next: 'Look at `mimeo status`.',
  },
  'task-not-open': {
    kind: 'permanent',
    next: 'Nothing is to do; `mimeo status` shows how it ended.',
  },
  'too-many-unknown': {
    kind: 'permanent',
    next: 'Find out who floods the network with made-up machines, then restart the server.',
  },
  'unattend-invalid': {
    kind: 'permanent',
    next: 'Correct that answer file on the master, or delete it (Mimeo then writes one of its own); seal and capture it again.',
  },
} as const satisfies Record<string, { kind: 'permanent' | 'transient'; next: string }>;
