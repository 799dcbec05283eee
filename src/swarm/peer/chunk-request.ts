import type { IncomingMessage } from 'node:http';
import type { ChunkId } from '../../image/index.ts';

export interface ChunkRequest {
  readonly id: ChunkId;
  readonly expires: number;
  readonly ticket: string;
}

const PATH = /^\/chunk\/([0-9a-f]{64})\?expires=(\d{1,16})&ticket=([\w-]{43})$/;

/** What to ask a peer for; `parseChunkRequest` reads it. */
export function chunkPath({ id, expires, ticket }: ChunkRequest): string {
  return `/chunk/${id}?expires=${expires}&ticket=${ticket}`;
}

/** @returns null for anything but what `chunkPath` makes, and for a request with a body */
export function parseChunkRequest(asked: IncomingMessage): ChunkRequest | null {
  const { method, url, headers } = asked;
  if (method !== 'GET' || 'content-length' in headers || 'transfer-encoding' in headers) return null;
  const [, id, expires, ticket] = PATH.exec(url ?? '') ?? [];
  if (id === undefined || ticket === undefined) return null;
  return { id, expires: Number(expires), ticket };
}
