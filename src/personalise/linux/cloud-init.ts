import type { HostSettings } from '../settings.ts';
import type { Edit, FolderEntry } from '../types.ts';
import type { Planner } from './part.ts';
import { isThere, namesLike, removeAt, writeOurs } from './tree.ts';

const STATE = '/var/lib/cloud';
const SEED = `${STATE}/seed/nocloud`;
const OURS = '/etc/cloud/cloud.cfg.d/99-mimeo.cfg';
const WHY = "what cloud-init knows of the master's own first boot";
/** Where cloud-init writes the network it was told of; it does so again for a new instance. */
const NETWORKS = [
  { folder: '/etc/netplan', name: '50-cloud-init.yaml' },
  { folder: '/etc/network/interfaces.d', name: '50-cloud-init*' },
  { folder: '/etc/NetworkManager/system-connections', name: 'cloud-init-*' },
];

/**
 * An image with cloud-init forgets the master (as `cloud-init clean` does), and with `cloudInit` finds a NoCloud seed
 * on its own disk: name, language, time zone. A network that it did not write itself is left to whoever did.
 */
export const cloudInit: Planner = {
  paths: () => [
    '/usr/bin/cloud-init',
    '/etc/cloud/*',
    `${STATE}/*`,
    OURS,
    `${SEED}/meta-data`,
    `${SEED}/user-data`,
    ...NETWORKS.map(({ folder }) => `${folder}/*`),
  ],
  plan: ({ settings, view }) => {
    const installed = isThere(view, '/usr/bin/cloud-init');
    const { cloudInit: wanted } = settings.linux;
    if (!installed)
      return wanted ? { warnings: ['The image has no cloud-init, so none was given a seed.'] } : {};
    const memories = ['instance', 'instances', 'data', 'sem', 'handlers', 'scripts'];
    const off = isThere(view, '/etc/cloud/cloud-init.disabled');
    return {
      edits: [
        ...memories.flatMap((name) => removeAt(view, `${STATE}/${name}`, WHY, name === 'instances')),
        ...(wanted ? seed(view, settings) : []),
      ],
      warnings:
        wanted && off
          ? ['cloud-init is switched off in the image (/etc/cloud/cloud-init.disabled): it reads no seed.']
          : [],
    };
  },
};

function seed(view: FolderEntry, settings: HostSettings): Edit[] {
  const { computerName: name, region, linux, domain, fields } = settings;
  const dns = domain === null || domain.kind === 'workgroup' ? null : domain.domain;
  const ownNetwork = NETWORKS.some(
    ({ folder, name: pattern }) => namesLike(view, folder, pattern).length > 0,
  );
  const metaData = {
    'instance-id': ['mimeo', name, fields['host.uuid'] ?? fields['host.mac'] ?? '']
      .filter((part) => part !== '')
      .join('-'),
    'local-hostname': name,
  };
  const userData = {
    ...(dns === null ? {} : { fqdn: `${name}.${dns}` }),
    hostname: name,
    ...(region.timeZone === null ? {} : { timezone: region.timeZone }),
    // The account is made at the first boot; the distribution's usual one would be one more.
    ...(linux.account === null ? {} : { users: [] }),
    ...(linux.account === null && linux.sshKeys.length > 0 ? { ssh_authorized_keys: linux.sshKeys } : {}),
  };
  const config = {
    datasource_list: ['NoCloud', 'None'],
    ...(ownNetwork ? {} : { network: { config: 'disabled' } }),
  };
  const why = `cloud-init names the host ${name}`;
  // JSON is YAML, and no value can break out of it.
  return [
    writeOurs(view, `${SEED}/meta-data`, json(metaData), why, 0o644),
    writeOurs(view, `${SEED}/user-data`, `#cloud-config\n${json(userData)}`, why, 0o600),
    writeOurs(
      view,
      OURS,
      `# Written by Mimeo.\n${json(config)}`,
      'cloud-init reads what is on the disk',
      0o644,
    ),
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
