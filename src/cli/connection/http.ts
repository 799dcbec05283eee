import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { MimeoError } from '../../errors.ts';
import { addressWords, type ServerAddress } from './server-address.ts';

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly bytes?: Uint8Array;
  /**
   * How long the server may say nothing, in the middle of its answer too; previews of a whole school take seconds.
   * Default: {@link SILENCE_MS}.
   */
  readonly silenceMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A server that says nothing for this long is not reachable; its event streams say something every 15 s. */
const SILENCE_MS = 30_000;

/**
 * Sends one request and resolves with the answer's head; the body is the caller's to read.
 *
 * @throws MimeoError `server-unreachable` when nobody answers
 */
export async function call(
  address: ServerAddress,
  path: string,
  { method = 'GET', body, bytes, silenceMs = SILENCE_MS, headers, signal }: CallOptions,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const content = bytes ?? (body === undefined ? null : Buffer.from(JSON.stringify(body)));
  const type = bytes === undefined ? 'application/json' : 'application/octet-stream';
  const options: RequestOptions = {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...(content === null ? {} : { 'content-type': type, 'content-length': content.length }),
      ...(address.kind === 'url' && address.token !== null
        ? { authorization: `Bearer ${address.token}` }
        : {}),
      ...headers,
    },
  };
  const open = await opener(address, path, options);
  return await new Promise((resolve, reject) => {
    let current: IncomingMessage | null = null;
    const sent = open((answer) => {
      current = answer;
      resolve(answer);
    });
    sent.setTimeout(silenceMs, () =>
      (current ?? sent).destroy(new Error(`nothing came for ${silenceMs / 1000} s`)),
    );
    sent.on('error', (error: NodeJS.ErrnoException) => {
      reject(signal.aborted ? signal.reason : unreachable(address, error));
    });
    sent.end(content ?? undefined);
  });
}

/**
 * The body of an answer as it comes.
 *
 * @param signal the one that the call was made with
 * @throws MimeoError `server-unreachable` when it breaks off; the signal's reason when aborted
 */
export async function* bodyOf(
  address: ServerAddress,
  answer: IncomingMessage,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    for await (const part of answer) yield part as Buffer;
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(address, error as Error);
  }
}

/** The whole body of an answer; see {@link bodyOf}. */
export async function readBytes(
  address: ServerAddress,
  answer: IncomingMessage,
  signal: AbortSignal,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bodyOf(address, answer, signal)) parts.push(part);
  return Buffer.concat(parts);
}

type Open = (onAnswer: (answer: IncomingMessage) => void) => ReturnType<typeof httpRequest>;

async function opener(address: ServerAddress, path: string, options: RequestOptions): Promise<Open> {
  if (address.kind === 'socket') {
    return (onAnswer) => httpRequest({ ...options, socketPath: address.path, path }, onAnswer);
  }
  const url = new URL(path, address.url);
  // TLS is loaded only where it is spoken: it would slow down every start.
  const send = url.protocol === 'https:' ? (await import('node:https')).request : httpRequest;
  return (onAnswer) => send(url, options, onAnswer);
}

function unreachable(address: ServerAddress, error: NodeJS.ErrnoException): MimeoError {
  const place = addressWords(address);
  if (address.kind === 'url') {
    return new MimeoError('server-unreachable', `No Mimeo server answers at ${place}: ${error.message}.`, {
      cause: error,
      next: 'Check the address (Mimeo’s own port is 8080), the network and that the server runs.',
    });
  }
  if (error.code === 'EACCES') {
    return new MimeoError('not-signed-in', `You may not use the server's socket ${place}.`, {
      cause: error,
      next: 'Run the command as root (sudo mimeo …), or log in with `mimeo login URL`.',
    });
  }
  return new MimeoError('server-unreachable', `No Mimeo server answers on this machine (${place}).`, {
    cause: error,
    next: 'Start it with `npm start`; for one elsewhere use --server URL or `mimeo login URL`; for another data folder, --data FOLDER.',
  });
}
