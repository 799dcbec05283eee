import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { EventRow } from '../../db/index.ts';
import type { EventView } from '../schemas/index.ts';
import type { Services } from '../services.ts';

/** Events read at once for a client that was away. */
const PAGE = 1000;
/** A client that does not read is let go; it comes back and is told what it missed. */
const MAX_UNREAD_BYTES = 1_048_576;
/** Proxies and browsers drop a silent connection. */
const HEARTBEAT_MS = 15_000;

/**
 * Live events by SSE. `Last-Event-ID` replays what was missed; without it only news is sent.
 *
 * @returns a function that ends every stream, for the server's shutdown
 */
export function eventRoutes(
  app: FastifyInstance,
  { events, hub }: Pick<Services, 'events' | 'hub'>,
): () => void {
  const ends = new Set<() => void>();

  app.get('/api/v1/events', async (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    let sent = Number(request.headers['last-event-id'] ?? Number.NaN);
    // The stream may end while the replay is being read.
    const write = (text: string): void => {
      if (!raw.writableEnded) raw.write(text);
    };
    const send = (row: EventRow): void => {
      if (row.id <= sent) return;
      sent = row.id;
      if (raw.writableLength > MAX_UNREAD_BYTES) {
        raw.destroy();
        return;
      }
      write(`id: ${row.id}\nevent: ${row.topic}\ndata: ${JSON.stringify(eventView(row))}\n\n`);
    };
    // News that comes while the replay is read waits, so that the order holds.
    const waiting: EventRow[] = [];
    let live = false;
    const unsubscribe = hub.subscribe((row) => (live ? send(row) : waiting.push(row)));
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
    const end = (): void => {
      unsubscribe();
      clearInterval(heartbeat);
      ends.delete(end);
      raw.end();
    };
    ends.add(end);
    raw.on('close', end);
    if (Number.isNaN(sent)) sent = await events.lastId();
    else await replay(events, sent, send, raw);
    write(': connected\n\n');
    for (const row of waiting) send(row);
    live = true;
  });

  return () => {
    for (const end of ends) end();
  };
}

function eventView(row: EventRow): EventView {
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    topic: row.topic,
    level: row.level,
    hostId: row.host_id,
    taskId: row.task_id,
    words: row.words,
  };
}

/** Sends everything after an id, page by page, at the client's own pace. */
async function replay(
  events: Services['events'],
  after: number,
  send: (row: EventRow) => void,
  raw: ServerResponse,
): Promise<void> {
  for (let last = after; ; ) {
    const page = await events.since(last, PAGE);
    for (const row of page) send(row);
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE || raw.destroyed || raw.writableEnded) return;
    if (raw.writableNeedDrain) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
  }
}
