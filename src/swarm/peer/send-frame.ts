import type { ServerResponse } from 'node:http';
import type { Pace } from './pace.ts';

/** Without a rate larger pieces cost less; pieces at all, so that a reader who stopped is seen. */
const PIECE_BYTES = 256 * 1024;

export interface SendOptions {
  readonly pace: Pace;
  /** When the reader took no byte for so long, `onStall` is called; the upload goes on if he comes back. */
  readonly stallMs: number;
  readonly onStall: () => void;
  /** After a stall, a reader who takes no byte for so long is cut off. */
  readonly cutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends a frame as the body of a reply, from where it lies. Resolves when the kernel has all of it.
 *
 * @throws the signal's reason, or what went wrong with the connection
 */
export async function sendFrame(
  reply: ServerResponse,
  frame: Buffer,
  { pace, stallMs, onStall, cutMs, signal }: SendOptions,
): Promise<void> {
  const { socket } = reply;
  if (socket === null) throw new Error('the connection is closed');
  let stalled = false;
  const onTimeout = (): void => {
    if (stalled) {
      socket.destroy(new Error('the reader takes nothing'));
      return;
    }
    stalled = true;
    socket.setTimeout(cutMs);
    onStall();
  };
  // On the reply: where nobody listens to that, node cuts the connection itself.
  reply.on('timeout', onTimeout);
  reply.writeHead(200, { 'content-length': frame.length, 'content-type': 'application/zstd' });
  try {
    for (let at = 0; at < frame.length; ) {
      const end = Math.min(frame.length, at + (pace.limited ? pace.sliceBytes : PIECE_BYTES));
      await pace.turn(end - at, signal);
      // The system's own timer: it counts what the kernel takes of a piece as progress.
      socket.setTimeout(stalled ? cutMs : stallMs);
      await written(reply, frame.subarray(at, end), signal);
      socket.setTimeout(0);
      at = end;
    }
    reply.end();
  } finally {
    reply.off('timeout', onTimeout);
  }
}

function written(reply: ServerResponse, piece: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) {
      onAbort();
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    reply.write(piece, (fault) => {
      signal.removeEventListener('abort', onAbort);
      if (fault) reject(fault);
      else resolve();
    });
  });
}
