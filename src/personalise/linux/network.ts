import type { Change, FolderEntry } from '../types.ts';
import { dropAssignments, readAssignment } from './assignments.ts';
import { dropKeyfileEntries, readKeyfile } from './keyfile.ts';
import type { Part, Planner } from './part.ts';
import { namesLike, textOf, writeText } from './tree.ts';

const NETWORK_MANAGER = '/etc/NetworkManager/system-connections';
const IFCFG = '/etc/sysconfig/network-scripts';
const WHY = 'for any network card, not for the master’s alone';

/** Files that people write: what ties them to one machine is told, not changed. */
const HANDWRITTEN: readonly { readonly folder: string; readonly name: string }[] = [
  { folder: '/etc/netplan', name: '*.yaml' },
  { folder: '/etc/systemd/network', name: '*.network' },
  { folder: '/etc/systemd/network', name: '*.link' },
  { folder: '/etc/network', name: 'interfaces' },
  { folder: '/etc/network/interfaces.d', name: '*' },
  { folder: '/etc/udev/rules.d', name: '*.rules' },
];
/** Removed as a whole by another part. */
const MACHINE_WRITTEN = new Set(['70-persistent-net.rules', '70-persistent-cd.rules']);

const MAC = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/i;
/** With its prefix, as netplan and systemd-networkd want it (name servers have none); `interfaces` does without. */
const ADDRESS =
  /^\s*(?:(?:-|addresses:|Address\s*=)\s*\[?\s*["']?(\d+\.\d+\.\d+\.\d+\/\d+)|address\s+(\d+\.\d+\.\d+\.\d+(?:\/\d+)?))/m;

/** Network settings that fit the master's card alone, or give every host the master's address. */
export const network: Planner = {
  paths: (_, view) => [
    ...connections(view).map(({ path }) => path),
    ...handwritten(view),
    ...[NETWORK_MANAGER, IFCFG, ...HANDWRITTEN.map(({ folder }) => folder)].map((folder) => `${folder}/*`),
  ],
  plan: ({ view }) => {
    const parts: Part[] = connections(view).map(({ path, kind }) => planConnection(view, path, kind));
    return {
      edits: parts.flatMap(({ edits = [] }) => edits),
      warnings: [
        ...parts.flatMap(({ warnings = [] }) => warnings),
        ...handwritten(view).flatMap((path) => warningsOf(path, textOf(view, path) ?? '')),
      ],
    };
  },
};

interface Connection {
  readonly path: string;
  readonly kind: 'keyfile' | 'ifcfg';
}

function connections(view: FolderEntry): Connection[] {
  const keyfiles = namesLike(view, NETWORK_MANAGER, '*').map((name) => `${NETWORK_MANAGER}/${name}`);
  const ifcfgs = namesLike(view, IFCFG, 'ifcfg-*').filter((name) => name !== 'ifcfg-lo');
  return [
    ...keyfiles.map((path) => ({ path, kind: 'keyfile' as const })),
    ...ifcfgs.map((name) => ({ path: `${IFCFG}/${name}`, kind: 'ifcfg' as const })),
  ];
}

function planConnection(view: FolderEntry, path: string, kind: Connection['kind']): Part {
  const text = textOf(view, path);
  if (text === null) return {};
  const after =
    kind === 'keyfile' ? dropKeyfileEntries(text, isTied) : dropAssignments(text, ['HWADDR', 'MACADDR']);
  const fixed =
    kind === 'keyfile'
      ? (readKeyfile(text, 'ipv4', 'address1') ?? readKeyfile(text, 'ipv4', 'addresses'))
      : (readAssignment(text, 'IPADDR') ?? readAssignment(text, 'IPADDR0'));
  const edits: Change[] = after === text ? [] : [writeText(view, path, after, WHY)];
  return { edits, warnings: fixed === null ? [] : [sameAddress(path, fixed)] };
}

/** Words such as `random` and `stable` are rules; an address is one card's. */
function isTied(section: string, key: string, value: string): boolean {
  return (
    /^(ethernet|802-3-ethernet|wifi|802-11-wireless)$/.test(section) &&
    /^(mac-address|cloned-mac-address|seen-bssids)$/.test(key) &&
    MAC.test(value)
  );
}

function handwritten(view: FolderEntry): string[] {
  return HANDWRITTEN.flatMap(({ folder, name }) =>
    namesLike(view, folder, name)
      .filter((found) => !MACHINE_WRITTEN.has(found))
      .map((found) => `${folder}/${found}`),
  );
}

function warningsOf(path: string, text: string): string[] {
  const active = text
    .split('\n')
    .filter((line) => !/^\s*[#;]/.test(line))
    .join('\n');
  const mac = MAC.exec(active)?.[0];
  const [, prefixed, plain] = ADDRESS.exec(active) ?? [];
  const address = path.includes('/udev/') ? undefined : (prefixed ?? plain);
  return [
    ...(mac === undefined || mac === '00:00:00:00:00:00'
      ? []
      : [
          `${path} names the network card ${mac}, which other hosts do not have: match by name or driver instead.`,
        ]),
    ...(address === undefined || address.startsWith('127.') ? [] : [sameAddress(path, address)]),
  ];
}

function sameAddress(path: string, address: string): string {
  return `${path} gives the fixed address ${address} to every host: two with one address disturb each other.`;
}
