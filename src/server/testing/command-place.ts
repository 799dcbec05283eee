import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { CHUNK_BYTES } from '../../image/index.ts';
import { openSockets } from './mimeo-command.ts';
import { TestServer } from './test-server.ts';

export interface Place {
  readonly server: TestServer;
  readonly data: readonly string[];
  readonly url: string;
  /** Holds the login of the server's administrator. */
  readonly home: string;
}

/** A server with its sockets open, and a home with a login. */
export async function started(t: TestContext): Promise<Place> {
  const server = await TestServer.start();
  const { url, close } = await openSockets(server);
  t.after(async () => {
    close();
    await server.stop();
  });
  const home = join(server.data, 'home');
  await mkdir(join(home, '.config', 'mimeo'), { recursive: true });
  const logins = { last: url, tokens: { [url]: server.adminToken } };
  await writeFile(join(home, '.config', 'mimeo', 'logins.json'), JSON.stringify(logins));
  return { server, data: ['--data', server.data], url, home };
}

/**
 * A disk with an MBR and one partition of random-looking bytes, which nobody recognises.
 *
 * @param partition its size when that is another: the rest is the caller's to write
 */
export async function diskFile(folder: string, mebibytes: number, partition = mebibytes): Promise<string> {
  const sector = Buffer.alloc(512);
  sector.writeUInt32LE(0x1234_5678, 440);
  sector[446] = 0x80;
  sector[450] = 0x83;
  sector.writeUInt32LE(2048, 454);
  sector.writeUInt32LE(partition * 2048, 458);
  sector.writeUInt16LE(0xaa55, 510);
  const content = Array.from({ length: mebibytes }, (_, i) =>
    Buffer.alloc(CHUNK_BYTES, createHash('sha512').update(String(i)).digest()),
  );
  const path = join(folder, 'disk.raw');
  await writeFile(path, Buffer.concat([sector, Buffer.alloc(CHUNK_BYTES - 512), ...content]));
  return path;
}
