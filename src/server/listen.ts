import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import type { FastifyInstance, FastifyListenOptions } from 'fastify';
import { markLocal } from '../api/index.ts';
import { MimeoError } from '../errors.ts';
import { demandFree, openDoors } from './doors.ts';

/**
 * Opens the HTTP port on the card's address and the unix socket for the `mimeo` command on this machine.
 *
 * @returns the unix socket's server; the app closes the port itself
 * @throws MimeoError `port-taken`
 */
export async function listen(
  app: FastifyInstance,
  places: { readonly address: string; readonly port: number; readonly socket: string },
): Promise<Server> {
  let closeDoors = (): void => undefined;
  app.addHook('preClose', async () => closeDoors());
  try {
    await demandFree(places.address, places.port);
    // Fastify hands it on and does not know of it.
    const place: FastifyListenOptions & ListenOptions = {
      host: places.address,
      port: places.port,
      reusePort: true,
    };
    await app.listen(place);
    closeDoors = await openDoors(app.server, places.address, portOf(app));
  } catch (error) {
    if (app.server.listening) await app.close();
    throw new MimeoError(
      'port-taken',
      `${places.address}:${places.port} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
  try {
    return await openSocket(app, places.socket);
  } catch (error) {
    await app.close();
    throw new MimeoError(
      'port-taken',
      `The socket ${places.socket} cannot be opened: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error, next: 'Choose a data folder with a shorter path, on a local disk, with --data.' },
    );
  }
}

/** The port that is open: 0 was asked for where any will do. */
function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function openSocket(app: FastifyInstance, path: string): Promise<Server> {
  const local = createServer((request, response) => app.routing(request, response));
  local.on('connection', markLocal);
  // A socket file that a killed server left behind; the store's lock says that no other server runs here.
  await rm(path, { force: true });
  local.listen(path);
  await once(local, 'listening');
  await chmod(path, 0o600);
  return local;
}
