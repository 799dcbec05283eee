import { settingsOfOrder } from '../order-settings.ts';
import type { HostSettings } from '../settings.ts';
import type { LinuxFacts } from './facts.ts';

/** Settings that change nothing but the name. */
export const PLAIN: HostSettings = {
  ...settingsOfOrder({
    computerName: 'R101-PC05',
    fields: { 'host.name': 'R101-PC05', 'host.uuid': '0b5f' },
    registryFiles: [],
  }),
  linux: { account: null, sshKeys: [], commands: [], cloudInit: false },
};

export const DEBIAN: LinuxFacts = {
  id: 'debian',
  like: [],
  version: '12',
  init: 'systemd',
  selinux: 'absent',
};
export const FEDORA: LinuxFacts = {
  id: 'fedora',
  like: [],
  version: '41',
  init: 'systemd',
  selinux: 'enforcing',
};
