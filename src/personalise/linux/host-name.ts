import type { HostSettings } from '../settings.ts';
import { dropAssignments, readAssignment, writeAssignment } from './assignments.ts';
import { domainInHosts, nameInHosts, otherAddressesOf } from './hosts-file.ts';
import type { Planner } from './part.ts';
import { textOf, writeText } from './tree.ts';

const HOSTNAME = '/etc/hostname';
const HOSTS = '/etc/hosts';
/** RHEL 6 and older keep the name here. */
const NETWORK = '/etc/sysconfig/network';
const MAILNAME = '/etc/mailname';
const MACHINE_INFO = '/etc/machine-info';

/** The host's name in every file that says it: a name in full stays one in full. */
export const hostName: Planner = {
  paths: () => [HOSTNAME, HOSTS, NETWORK, MAILNAME, MACHINE_INFO],
  plan: ({ settings, view }) => {
    const hostname = textOf(view, HOSTNAME);
    const hosts = textOf(view, HOSTS) ?? '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n';
    const network = textOf(view, NETWORK);
    const mailname = textOf(view, MAILNAME);
    const machineInfo = textOf(view, MACHINE_INFO);
    const oldFull = nameLine(hostname ?? '') ?? readAssignment(network ?? '', 'HOSTNAME');
    const [oldName = null, ...oldDomain] = oldFull?.split('.') ?? [];
    const name = settings.computerName;
    const domain =
      dnsDomain(settings) ??
      (oldDomain.length > 0 ? oldDomain.join('.') : null) ??
      (oldName === null ? null : domainInHosts(hosts, oldName));
    const full = domain === null ? name : `${name}.${domain}`;
    const written = oldDomain.length > 0 ? full : name;
    const why = `the name ${name}`;
    const elsewhere = oldName === null || oldName === name ? [] : otherAddressesOf(hosts, oldName);
    return {
      edits: [
        writeText(view, HOSTNAME, withNameLine(hostname ?? '', written), why),
        writeText(view, HOSTS, nameInHosts(hosts, { name, domain, oldName }), why),
        ...(readAssignment(network ?? '', 'HOSTNAME') === null
          ? []
          : [writeText(view, NETWORK, writeAssignment(network ?? '', 'HOSTNAME', written), why)]),
        ...(oldName !== null && mailname !== null && mailname.trim().split('.')[0] === oldName
          ? [writeText(view, MAILNAME, `${mailname.includes('.') ? full : name}\n`, why)]
          : []),
        ...(machineInfo === null
          ? []
          : [
              writeText(
                view,
                MACHINE_INFO,
                dropAssignments(machineInfo, ['PRETTY_HOSTNAME']),
                "without the master's name for people to read",
              ),
            ]),
      ],
      warnings: elsewhere.map(
        (address) =>
          `${HOSTS} gives the address ${address} to ${oldName}, the master: look whether it is still right.`,
      ),
    };
  },
};

/** The DNS domain that a host is to join. */
function dnsDomain({ domain }: HostSettings): string | null {
  return domain === null || domain.kind === 'workgroup' ? null : domain.domain;
}

/** The first line that is no comment, as hostname(5) wants it; `localhost` is no name. */
function nameLine(text: string): string | null {
  const line = text
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one !== '' && !one.startsWith('#'));
  return line === undefined || /^localhost(\.|$)/.test(line) ? null : line;
}

function withNameLine(text: string, name: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (at >= 0) return lines[at]?.trim() === name ? text : lines.with(at, name).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}\n`;
}
