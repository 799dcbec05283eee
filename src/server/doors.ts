import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type Server as Door } from 'node:net';

/**
 * libuv takes one new connection of each listening socket per turn of its loop. A turn takes a tenth of a second when
 * three hundred hosts ask at once, and their reports, on connections of their own, were ten seconds late. With so many
 * sockets on the port so many connections are taken per turn; Linux shares them out (SO_REUSEPORT).
 */
const DOORS = 16;

/** Makes sure that nobody has the port: with SO_REUSEPORT another server of the same user would not be noticed. */
export async function demandFree(address: string, port: number): Promise<void> {
  const probe = createServer();
  probe.listen({ host: address, port });
  await once(probe, 'listening');
  await new Promise((resolve) => probe.close(resolve));
}

/**
 * Opens further listening sockets on the port that a server listens on, with `reusePort`.
 *
 * @returns a function that closes them
 */
export async function openDoors(server: Server, address: string, port: number): Promise<() => void> {
  const doors: Door[] = [];
  const close = (): void => {
    for (const door of doors) door.close();
  };
  try {
    while (doors.length < DOORS - 1) {
      // As `node:http` makes its own socket.
      const options = { allowHalfOpen: true, noDelay: true };
      const door = createServer(options, (socket) => void server.emit('connection', socket));
      door.listen({ host: address, port, reusePort: true });
      await once(door, 'listening');
      doors.push(door);
    }
  } catch (error) {
    close();
    throw error;
  }
  return close;
}
