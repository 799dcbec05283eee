import { MimeoError } from '../../errors.ts';
import type { Problem } from '../../protocol/index.ts';
import { ServerRefusal } from '../cli-error.ts';
import { plainText } from '../format/plain-text.ts';
import { type CallOptions, call, readBytes } from './http.ts';
import type { ServerAddress } from './server-address.ts';

export const API = '/api/v1';

/** One call of the API: what it sends, and a signal of its own when the command's shall not end it. */
export type Ask = Omit<CallOptions, 'signal'> & { readonly signal?: AbortSignal };

/** Questions to the server and what it answers; a refusal is thrown in its own words. */
export class Wire {
  readonly address: ServerAddress;
  readonly signal: AbortSignal;

  constructor(address: ServerAddress, signal: AbortSignal) {
    this.address = address;
    this.signal = signal;
  }

  /** @returns the answer's JSON; null when it has none */
  async ask(path: string, options: Ask = {}): Promise<unknown> {
    const { status, body } = await this.#call(path, options);
    const text = body.toString('utf8');
    if (status < 200 || status > 299) throw refusal(status, text);
    return status === 204 ? null : parse(text);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.ask(path, { method: 'POST', body });
  }

  async bytes(path: string, options: Ask = {}): Promise<Buffer> {
    const { status, body } = await this.#call(path, options);
    if (status !== 200) throw refusal(status, body.toString('utf8'));
    return body;
  }

  async #call(path: string, options: Ask): Promise<{ status: number; body: Buffer }> {
    const signal = options.signal ?? this.signal;
    const answer = await call(this.address, `${API}${path}`, { ...options, signal });
    return { status: answer.statusCode ?? 0, body: await readBytes(this.address, answer, signal) };
  }
}

export function refusal(status = 0, text: string): Error {
  try {
    return new ServerRefusal({ ...record<Problem>(parse(text), ['code', 'detail', 'next']), status });
  } catch {
    // Not our server's words: a proxy's page, or another program on that port.
    return notOurs(`it answered with HTTP status ${status}`);
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text, (_, value) => (typeof value === 'string' ? plainText(value) : value));
  } catch {
    throw notOurs('its answer is no JSON');
  }
}

export function records<T>(value: unknown, keys: readonly (keyof T & string)[]): T[] {
  if (!Array.isArray(value)) throw notOurs('its answer is no list');
  return value.map((each) => record<T>(each, keys));
}

export function record<T>(value: unknown, keys: readonly (keyof T & string)[]): T {
  const missing = keys.find((key) => typeof value !== 'object' || value === null || !(key in value));
  if (missing !== undefined) throw notOurs(`its answer has no "${missing}"`);
  return value as T;
}

function notOurs(words: string): MimeoError {
  return new MimeoError('server-reply', `This is no Mimeo server of our version: ${words}.`, {
    next: 'Check the address; when it is right, use the mimeo command of the same release as the server.',
  });
}
