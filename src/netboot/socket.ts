import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { MimeoError } from '../errors.ts';

export interface BoundSocketOptions {
  /** The local address; `0.0.0.0` hears broadcasts, any other address does not. */
  readonly address: string;
  /** The local port; 0 takes any free one. */
  readonly port: number;
  /** For the error message: `DHCP`, `TFTP`. */
  readonly service: string;
  readonly broadcast?: boolean;
  /** Lets other programs that do the same share the port (DHCP servers do). */
  readonly shared?: boolean;
  readonly onMessage: (bytes: Buffer, from: RemoteInfo) => void;
}

/**
 * A bound UDP socket.
 *
 * @throws MimeoError `netboot-port-taken`, `netboot-port-forbidden` or `netboot-address-missing` with what
 * stands in the way.
 */
export async function bindSocket(options: BoundSocketOptions): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: options.shared ?? false });
  try {
    socket.bind({ address: options.address, port: options.port, exclusive: true });
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw bindError(options, error);
  }
  // A later error belongs to one datagram (an ICMP answer, a link that is down): the socket lives on.
  socket.on('error', () => undefined);
  if (options.broadcast) socket.setBroadcast(true);
  socket.on('message', options.onMessage);
  return socket;
}

/** Closes a socket and waits until its port is free again. */
export async function closeSocket(socket: Socket): Promise<void> {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}

function bindError(options: BoundSocketOptions, error: unknown): MimeoError {
  const where = `UDP port ${options.port} on ${options.address} (${options.service})`;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new MimeoError('netboot-port-taken', `${where} is held by another program.`, {
      cause: error,
      next: `See who holds it with "ss -ulpn sport = :${options.port}" and stop that program, or give Mimeo another network card.`,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new MimeoError('netboot-port-forbidden', `${where} may not be opened by this user.`, {
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL') {
    return new MimeoError('netboot-address-missing', `${where}: this machine has no such address.`, {
      cause: error,
    });
  }
  const words = error instanceof Error ? error.message : String(error);
  return new MimeoError('internal', `${where} could not be opened: ${words}`, { cause: error });
}
