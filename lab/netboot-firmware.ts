/**
 * Real firmware against our network boot, without the rest of Mimeo: a boot server of its own (ProxyDhcp,
 * TftpServer and a page of HTTP) in one namespace of the lab, and bare PCs whose console is on the serial line.
 */

import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import {
  entryScript,
  listBootFiles,
  type NetbootEvent,
  ProxyDhcp,
  readScriptQuery,
  TftpServer,
} from '../src/netboot/index.ts';
import { type LabNetwork, SUBNET } from './network/index.ts';
import { LabProcess } from './process.ts';

export const SERVER_ADDRESS = `${SUBNET}.2`;
const HTTP_PORT = 8080;
export const HTTP_BASE = `http://${SERVER_ADDRESS}:${HTTP_PORT}`;

/** What the boot server tells on its standard output, one JSON line each. */
export type BootServerLine =
  | { readonly event: NetbootEvent }
  | { readonly http: { readonly at: number; readonly method: string; readonly url: string } };

interface BootServerJob {
  /** The folder with the boot programs. */
  readonly folder: string;
  /** Answers of /boot/script by MAC: the first to a host's first question and so on; the last one repeats. */
  readonly scripts: Readonly<Record<string, readonly string[]>>;
}

/** A running boot server and what it has told. */
export class BootServer {
  readonly process: LabProcess;

  private constructor(process: LabProcess) {
    this.process = process;
  }

  static async start(network: LabNetwork, job: BootServerJob): Promise<BootServer> {
    const outlet = await network.plugIn('boot', { address: SERVER_ADDRESS });
    const argv = [...outlet.at, process.execPath, import.meta.filename, JSON.stringify(job)];
    const server = await LabProcess.start(argv, { name: 'boot server', holdings: network.holdings });
    await server.said.waitFor(/ready\n/, 10_000);
    return new BootServer(server);
  }

  get lines(): BootServerLine[] {
    const told = this.process.said.text.split('\n').filter((line) => line.startsWith('{'));
    return told.map((line): BootServerLine => JSON.parse(line));
  }

  /** Every event about one host, in order. */
  events(mac: string): NetbootEvent[] {
    return this.lines.flatMap((line) => ('event' in line && line.event.mac === mac ? [line.event] : []));
  }

  /** The URLs asked for over HTTP. */
  urls(): string[] {
    return this.lines.flatMap((line) => ('http' in line ? [`${line.http.method} ${line.http.url}`] : []));
  }
}

export interface BarePc {
  readonly name: string;
  readonly mac: string;
  readonly firmware: 'bios' | 'uefi';
  /** QEMU's `-smbios type=1` fields. */
  readonly smbios: string;
  /** A raw disk; without one the PC has none. */
  readonly disk?: string;
}

const UEFI_CODE = '/usr/share/OVMF/OVMF_CODE_4M.fd';
const UEFI_VARIABLES = '/usr/share/OVMF/OVMF_VARS_4M.fd';

/** Switches a PC on whose firmware shows its console on the serial line, which is the process's output. */
export async function startBarePc(network: LabNetwork, pc: BarePc): Promise<LabProcess> {
  const outlet = await network.plugInHost(pc.name);
  const nic = pc.firmware === 'bios' ? 'e1000' : 'virtio-net-pci';
  const rom = pc.firmware === 'bios' ? '' : ',romfile=';
  const flash: string[] = [];
  if (pc.firmware !== 'bios') {
    const variables = join(network.folder, `${pc.name}.variables`);
    await copyFile(UEFI_VARIABLES, variables);
    flash.push('-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${UEFI_CODE}`);
    flash.push('-drive', `if=pflash,unit=1,format=raw,file=${variables}`);
  }
  const disk =
    pc.disk === undefined
      ? []
      : [
          '-drive',
          `if=none,id=d,format=raw,file=${pc.disk}`,
          '-device',
          'ide-hd,bus=ide.0,drive=d,bootindex=2',
        ];
  // OVMF's PXE needs a source of random numbers in newer builds.
  const argv = [
    'qemu-system-x86_64',
    '-machine',
    'q35,graphics=off',
    '-accel',
    'tcg',
    '-cpu',
    'qemu64',
    '-m',
    '512',
  ];
  argv.push('-nodefaults', '-display', 'none', '-serial', 'stdio', '-device', 'virtio-rng-pci');
  argv.push('-smbios', `type=1,${pc.smbios}`, ...flash, ...disk);
  argv.push('-netdev', `tap,id=n,ifname=${outlet.tap},script=no,downscript=no`);
  argv.push('-device', `${nic},netdev=n,mac=${pc.mac},bootindex=1${rom}`);
  return LabProcess.start([...outlet.at, ...argv], { name: pc.name, holdings: network.holdings });
}

/** A disk whose boot record prints `words` on the first serial port and stops. */
export async function writeTalkingDisk(path: string, words: string): Promise<void> {
  const image = Buffer.alloc(1024 * 1024);
  // mov si,text; cs lodsb; test al,al; jz halt; mov dx,0x3f8; out dx,al; jmp; hlt: the port takes what it gets.
  const code = Buffer.from('be157c2eac84c07406baf803eeebf4f4ebfd', 'hex');
  code.copy(image);
  Buffer.from(`${words}\r\n\0`, 'latin1').copy(image, 0x15);
  image.writeUInt16LE(0xaa55, 510);
  await writeFile(path, image);
}

async function serve(job: BootServerJob): Promise<void> {
  const tell = (line: BootServerLine): void => console.log(JSON.stringify(line));
  const onEvent = (event: NetbootEvent): void => tell({ event });
  const asked = new Map<string, number>();
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', HTTP_BASE);
    tell({ http: { at: Date.now(), method: request.method ?? '', url: request.url ?? '' } });
    const answer = async (): Promise<Buffer | string | null> => {
      if (url.pathname === '/boot/entry.ipxe') return entryScript({ httpBase: HTTP_BASE });
      if (url.pathname === '/boot/script') {
        const { mac } = readScriptQuery(url.search);
        const scripts = job.scripts[mac] ?? [];
        const turn = asked.get(mac) ?? 0;
        asked.set(mac, turn + 1);
        return scripts[Math.min(turn, scripts.length - 1)] ?? '';
      }
      const file = (await listBootFiles(job.folder)).get(url.pathname.replace('/boot/files/', ''));
      return file === undefined ? null : readFile(file);
    };
    void answer().then((body) => {
      response.statusCode = body === null ? 404 : 200;
      response.setHeader('Content-Length', Buffer.byteLength(body ?? ''));
      response.end(request.method === 'HEAD' ? '' : (body ?? ''));
    });
  });
  http.listen(HTTP_PORT, SERVER_ADDRESS);
  await once(http, 'listening');
  const signal = new AbortController().signal;
  const clock = systemClock;
  const proxy = new ProxyDhcp({
    interfaces: [{ address: SERVER_ADDRESS, netmask: '255.255.255.0', httpBase: HTTP_BASE }],
    programs: { bios: 'undionly.kpxe', uefiX64: 'snponly.efi' },
    clock,
    onEvent,
  });
  await proxy.start(signal);
  const files = await listBootFiles(job.folder);
  await new TftpServer({ addresses: [SERVER_ADDRESS], files, clock, onEvent }).start(signal);
  console.log('ready');
}

if (import.meta.main) await serve(JSON.parse(process.argv[2] ?? '{}'));
