import type { RecognisedLinux, SealState } from './facts.ts';
import { machineOfElf } from './machine-type.ts';
import { VolumeFiles } from './volume-files.ts';

const ELF_HEAD_BYTES = 64;
/** A program of any distribution; the first that is there tells the machine. */
const PROGRAMS = ['bin/sh', 'usr/bin/env', 'sbin/init', 'usr/lib/systemd/systemd', 'bin/busybox'];
const SELINUX = ['enforcing', 'permissive', 'disabled'] as const;

/** What Linux is on a mounted root volume; null when its os-release is missing. Reads only. */
export async function recogniseLinux(root: string): Promise<RecognisedLinux | null> {
  const files = new VolumeFiles(root, true);
  const text = (await files.text('etc/os-release')) ?? (await files.text('usr/lib/os-release'));
  if (text === null) return null;
  const release = assignments(text);
  const sealed = await sealState(files);
  return {
    system: 'linux',
    id: (release.get('ID') ?? 'linux').toLowerCase(),
    like: (release.get('ID_LIKE') ?? '')
      .toLowerCase()
      .split(/\s+/)
      .filter((one) => one !== ''),
    version: release.get('VERSION_ID') ?? null,
    words: release.get('PRETTY_NAME') ?? release.get('NAME') ?? 'Linux',
    init: await initOf(files),
    selinux: await selinuxOf(files),
    architecture: await architectureOf(files),
    computerName: await hostNameOf(files),
    cloudInit: (await files.find('usr/bin/cloud-init')) !== null,
    sealed,
    warnings:
      sealed.sealed === true
        ? []
        : [`This Linux is not generalised: ${sealed.because}. Mimeo makes each host new ones.`],
  };
}

/** os-release and the like: `NAME=value`, quoted or not (freedesktop.org, os-release(5)). */
export function assignments(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (match === null) continue;
    const [, name = '', raw = ''] = match;
    const value = raw.trim();
    const quoted = /^(["'])(.*)\1$/.exec(value);
    const inner = quoted?.[2] ?? value;
    found.set(name, quoted?.[1] === "'" ? inner : inner.replaceAll(/\\(.)/g, '$1'));
  }
  return found;
}

async function initOf(files: VolumeFiles): Promise<RecognisedLinux['init']> {
  if ((await files.find('usr/lib/systemd/systemd')) ?? (await files.find('lib/systemd/systemd')))
    return 'systemd';
  if ((await files.find('sbin/openrc')) ?? (await files.find('usr/bin/openrc'))) return 'openrc';
  return (await files.find('etc/inittab')) === null ? 'unknown' : 'sysv';
}

async function selinuxOf(files: VolumeFiles): Promise<RecognisedLinux['selinux']> {
  const text = await files.text('etc/selinux/config');
  if (text === null) return 'absent';
  const state = assignments(text).get('SELINUX')?.toLowerCase();
  return SELINUX.find((one) => one === state) ?? 'disabled';
}

async function architectureOf(files: VolumeFiles): Promise<RecognisedLinux['architecture']> {
  for (const program of PROGRAMS) {
    const head = await files.head(program, ELF_HEAD_BYTES);
    const machine = head === null ? null : machineOfElf(head);
    if (machine !== null) return machine;
  }
  return null;
}

async function hostNameOf(files: VolumeFiles): Promise<string | null> {
  const lines = ((await files.text('etc/hostname')) ?? '').split('\n').map((line) => line.trim());
  const name = lines.find((line) => line !== '' && !line.startsWith('#'));
  // What systemd takes for "none was given".
  return name === undefined || name === 'localhost' ? null : name;
}

/** An image is generalised when its hosts make their own id and keys. */
async function sealState(files: VolumeFiles): Promise<SealState> {
  const id = (await files.text('etc/machine-id'))?.trim() ?? '';
  const keys = (await files.names('etc/ssh')).filter((name) => /^ssh_host_.*_key$/.test(name));
  const reasons = [
    ...(id === '' || id === 'uninitialized' ? [] : ['it has a machine-id of its own']),
    ...(keys.length === 0 ? [] : ['it has SSH host keys']),
  ];
  return reasons.length === 0
    ? { sealed: true, because: 'it has neither a machine-id nor SSH host keys' }
    : { sealed: false, because: reasons.join(' and ') };
}
