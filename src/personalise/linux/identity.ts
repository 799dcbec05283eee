import type { Planner } from './part.ts';
import { namesLike, removeAt } from './tree.ts';

interface Trace {
  readonly folder: string;
  /** `*` stands for any characters. */
  readonly name: string;
  readonly why: string;
  /** Worth something to whoever finds it in the disk's free space. */
  readonly secret?: true;
}

const LEASE = "the master's lease of an address";
const DUID = "the master's identity towards DHCP servers";
const SEED = 'random numbers that every host would start with';
const TICKET = "the master's key in its domain";
const CARD = "the name of the master's network card or drive";

/**
 * What a Linux that has run keeps of who it is; each host makes its own again by itself. The places: dhclient(8),
 * dhcpcd(8), NetworkManager(8), systemd-random-seed(8), udev's 75-persistent-net-generator, sssd(8), Samba's smb.conf(5).
 */
const TRACES: readonly Trace[] = [
  { folder: '/etc/udev/rules.d', name: '70-persistent-net.rules', why: CARD },
  { folder: '/etc/udev/rules.d', name: '70-persistent-cd.rules', why: CARD },
  { folder: '/var/lib/dhcp', name: '*.lease*', why: LEASE },
  { folder: '/var/lib/dhclient', name: '*.lease*', why: LEASE },
  { folder: '/var/lib/dhcpcd', name: '*.lease*', why: LEASE },
  { folder: '/var/lib/dhcpcd', name: 'duid', why: DUID },
  { folder: '/var/lib/dhcpcd', name: 'secret', why: DUID, secret: true },
  { folder: '/var/lib/dhcpcd5', name: '*.lease*', why: LEASE },
  { folder: '/etc', name: 'dhcpcd.duid', why: DUID },
  { folder: '/etc', name: 'dhcpcd.secret', why: DUID, secret: true },
  { folder: '/var/lib/dhcpv6', name: '*', why: DUID },
  { folder: '/var/lib/wicked', name: '*.xml', why: LEASE },
  { folder: '/var/lib/NetworkManager', name: '*.lease', why: LEASE },
  { folder: '/var/lib/NetworkManager', name: 'dhclient*', why: LEASE },
  { folder: '/var/lib/NetworkManager', name: 'secret_key', why: DUID, secret: true },
  { folder: '/var/lib/NetworkManager', name: 'timestamps', why: 'when the master was in which network' },
  { folder: '/var/lib/NetworkManager', name: 'seen-bssids', why: 'which radio stations the master saw' },
  { folder: '/var/lib/systemd', name: 'random-seed', why: SEED, secret: true },
  { folder: '/var/lib/urandom', name: 'random-seed', why: SEED, secret: true },
  { folder: '/var/lib/seedrng', name: 'seed.*', why: SEED, secret: true },
  { folder: '/var/lib', name: 'random-seed', why: SEED, secret: true },
  { folder: '/etc', name: 'krb5.keytab', why: TICKET, secret: true },
  {
    folder: '/var/lib/sss/db',
    name: '*.ldb',
    why: 'what sssd remembered of users and their passwords',
    secret: true,
  },
  { folder: '/var/lib/sss/db', name: 'ccache_*', why: TICKET, secret: true },
  { folder: '/var/lib/sss/mc', name: '*', why: 'what sssd remembered of users' },
  { folder: '/var/lib/sss/secrets', name: '*', why: "sssd's own secrets", secret: true },
  { folder: '/var/lib/sss/keytabs', name: '*', why: TICKET, secret: true },
  { folder: '/var/lib/samba/private', name: 'secrets.tdb', why: TICKET, secret: true },
  { folder: '/var/lib/samba/private', name: 'secrets.ldb', why: TICKET, secret: true },
  { folder: '/var/lib/samba/private', name: 'netlogon_creds_cli.tdb', why: TICKET, secret: true },
];

/** Removes what would make two hosts one to others. */
export const identity: Planner = {
  paths: () => TRACES.map(({ folder }) => `${folder}/*`),
  plan: ({ view }) => ({
    edits: TRACES.flatMap(({ folder, name, why, secret }) =>
      namesLike(view, folder, name).flatMap((found) =>
        removeAt(view, `${folder}/${found}`, why, secret === true),
      ),
    ),
  }),
};
