import type { Planner } from './part.ts';
import { namesLike, textOf } from './tree.ts';

/** Programs that know the master by an identity of their own, which only their own server can give anew. */
const AGENTS: readonly { readonly folder: string; readonly name: string; readonly what: string }[] = [
  { folder: '/etc/puppetlabs/puppet/ssl/private_keys', name: '*.pem', what: 'Puppet' },
  { folder: '/var/lib/puppet/ssl/private_keys', name: '*.pem', what: 'Puppet' },
  { folder: '/etc/salt/pki/minion', name: 'minion.pem', what: 'Salt' },
  { folder: '/etc/salt', name: 'minion_id', what: 'Salt' },
  { folder: '/etc/chef', name: 'client.pem', what: 'Chef' },
  { folder: '/etc/wireguard', name: '*.conf', what: 'WireGuard' },
  { folder: '/var/lib/tailscale', name: 'tailscaled.state', what: 'Tailscale' },
  { folder: '/etc/pki/consumer', name: '*.pem', what: "Red Hat's subscription" },
  { folder: '/etc/landscape', name: '*.conf', what: 'Landscape' },
  { folder: '/etc/nvme', name: 'hostnqn', what: 'NVMe over a network' },
];
const SSSD = '/etc/sssd/sssd.conf';
const FSTAB = '/etc/fstab';
/** What this plan writes to must lie on the volume it sees. */
const NEEDED = ['/etc', '/var', '/var/lib'];

/** What stays as the master has it, and may not be what is wanted on a second host: told in words. */
export const leftovers: Planner = {
  paths: () => [SSSD, FSTAB, ...AGENTS.map(({ folder }) => `${folder}/*`)],
  plan: ({ settings, view }) => {
    const known = AGENTS.flatMap(({ folder, name, what }) =>
      namesLike(view, folder, name).map(
        (found) => `${folder}/${found} makes every host one and the same to ${what}: take it off the master.`,
      ),
    );
    const elsewhere = mountPoints(textOf(view, FSTAB) ?? '')
      .filter((place) => NEEDED.includes(place))
      .map((place) => `${place} lies on a volume of its own, where nothing was made this host's own.`);
    const joins = settings.domain !== null && settings.domain.kind !== 'workgroup';
    const joined = textOf(view, SSSD) !== null;
    const domain = joined
      ? ['The master was joined to a domain by sssd, whose keys are gone: each host has to join again.']
      : [];
    const join = joins
      ? ['Mimeo does not join a Linux to a domain: let a first-boot command do it (`realm join …`).']
      : [];
    return { warnings: [...known, ...elsewhere, ...(joins ? join : domain)] };
  },
};

function mountPoints(fstab: string): string[] {
  return fstab.split('\n').flatMap((line) => {
    const [device = '#', place = ''] = line.trim().split(/\s+/);
    return device.startsWith('#') || place === '' ? [] : [place];
  });
}
