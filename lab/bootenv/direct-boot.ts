import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { toolLinks, tools } from '../../src/bootenv/index.ts';
import { Holdings } from '../network/holdings.ts';
import { LabProcess } from '../process.ts';
import type { ProbeReport } from './probe-report.ts';

/** The Mimeo server as the guest sees it: a door in QEMU's own closed network. */
const SERVER = '10.0.2.100';

export interface DirectBootOptions {
  /** Folder of the boot environment. */
  readonly folder: string;
  readonly memoryMiB?: number;
  readonly mac?: string;
  /** More words for the kernel's command line; the server's address is left out with `serverWord: false`. */
  readonly words?: readonly string[];
  readonly serverWord?: boolean;
  /** More devices for QEMU. */
  readonly devices?: readonly string[];
  /** The boot script loads the second layer too. */
  readonly withExtraLayer?: boolean;
  /** The network card has a link, but nobody answers. */
  readonly silentNetwork?: boolean;
}

/** A guest that was started with kernel and initramfs directly, and what its probe reported. */
export interface DirectBoot extends AsyncDisposable {
  readonly guest: LabProcess;
  /** The probe's report; rejects when the guest ends without one. */
  readonly report: Promise<ProbeReport>;
  /** Paths that the guest asked the server for. */
  readonly asked: readonly string[];
}

/** Starts a guest without firmware and boot program. No packet leaves QEMU but to the local server. */
export async function bootDirectly(options: DirectBootOptions): Promise<DirectBoot> {
  const holdings = new Holdings();
  const asked: string[] = [];
  const { server, told } = await startServer(options.folder, asked);
  holdings.hold('the server', () => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const mac = options.mac ?? '52:54:00:12:34:56';
  const door = `guestfwd=tcp:${SERVER}:80-cmd:${process.execPath} ${join(import.meta.dirname, 'pipe.ts')} ${port}`;
  const network =
    options.silentNetwork === true ? 'hubport,hubid=7,id=net0' : `user,id=net0,restrict=on,${door}`;
  const words = [
    'loglevel=3',
    `BOOTIF=01-${mac.replaceAll(':', '-')}`,
    ...(options.serverWord === false ? [] : [`mimeo.server=http://${SERVER}`]),
    'mimeo.boot=nonce1',
    'mimeo.key=key1',
    ...(options.words ?? []),
  ];
  const initrd = join(options.folder, options.withExtraLayer === true ? 'both.img' : 'initrd.img');
  if (options.withExtraLayer === true) {
    const parts = ['initrd.img', 'extra.img'].map((name) => readFile(join(options.folder, name)));
    await writeFile(initrd, Buffer.concat(await Promise.all(parts)));
  }
  const guest = await LabProcess.start(
    [
      'qemu-system-x86_64',
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'std', '-no-reboot'],
      ...['-accel', 'tcg', '-cpu', 'qemu64', '-m', String(options.memoryMiB ?? 1024)],
      ...['-rtc', 'base=1999-12-31T23:00:00', '-serial', 'stdio', '-monitor', 'none'],
      ...['-kernel', join(options.folder, 'vmlinuz'), '-initrd', initrd],
      ...['-append', words.join(' ')],
      ...(options.devices ?? []),
      ...['-netdev', network, '-device', `virtio-net-pci,netdev=net0,mac=${mac},romfile=`],
    ],
    { name: 'guest', holdings },
  );
  const report = Promise.race([
    told,
    guest.ended.then((how) => {
      throw new Error(`the guest sent no report: ${how}\n${guest.said.tail()}`);
    }),
  ]);
  report.catch(() => undefined);
  return {
    guest,
    report,
    asked,
    async [Symbol.asyncDispose]() {
      await guest.stop('SIGKILL');
      server.close();
      holdings.close();
    },
  };
}

async function startServer(
  folder: string,
  asked: string[],
): Promise<{ server: Server; told: Promise<ProbeReport> }> {
  const { promise: told, resolve, reject } = Promise.withResolvers<ProbeReport>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/boot/files/extra.img') {
      createReadStream(join(folder, 'extra.img')).pipe(response);
    } else if (request.url === '/tools') {
      const others = ['usr/bin/reboot', 'usr/bin/poweroff'];
      response.end(
        JSON.stringify([...tools.map((tool) => tool.path), ...Object.keys(toolLinks), ...others].sort()),
      );
    } else if (request.url === '/probe') {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        response.end();
        try {
          resolve(JSON.parse(body) as ProbeReport);
        } catch (error) {
          reject(error);
        }
      });
    } else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, told };
}
