import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { HelloRequest } from '../../protocol/index.ts';
import { listFolder, readFact } from './sysfs.ts';

export type Nic = HelloRequest['inventory']['macs'][number];

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
const ETHERNET = '1';
const MOST_NICS = 32;

/**
 * The Ethernet interfaces of the machine, the one it booted over first. Bridges, bonds and the like (no
 * device behind them) are left out as long as there is a real one.
 *
 * @param booted name of the interface that the boot environment brought up; null when it is not known
 */
export async function readNics(booted: string | null, sysRoot = '/sys'): Promise<Nic[]> {
  const folder = join(sysRoot, 'class/net');
  const found: { nic: Nic; real: boolean }[] = [];
  for (const name of await listFolder(folder)) {
    const fact = (file: string) => readFact(join(folder, name, file));
    const mac = (await fact('address'))?.toLowerCase();
    if (mac === undefined || !MAC.test(mac) || mac === '00:00:00:00:00:00') continue;
    if ((await fact('type')) !== ETHERNET) continue;
    // Reading speed or carrier of an interface that is down fails with EINVAL; -1 means unknown.
    const speed = Number(await fact('speed'));
    found.push({
      nic: {
        name,
        mac,
        speedMbit: Number.isInteger(speed) && speed > 0 && speed < 4_000_000 ? speed : null,
        link: (await fact('carrier')) === '1',
        booted: name === booted,
      },
      real: await exists(join(folder, name, 'device')),
    });
  }
  const real = found.filter((one) => one.real || one.nic.booted);
  return (real.length > 0 ? real : found)
    .map((one) => one.nic)
    .sort((a, b) => Number(b.booted) - Number(a.booted))
    .slice(0, MOST_NICS);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
