import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Turn } from '../../control/index.ts';
import {
  badChunkReplySchema,
  badChunkRequestSchema,
  missingReplySchema,
  missingRequestSchema,
} from '../../protocol/index.ts';
import { hostOf } from '../callers.ts';
import type { Services } from '../services.ts';
import { MAX_CHUNK_BYTES, MAX_INDEX_BYTES, MAX_TABLE_BYTES } from './limits.ts';

/** Which of a host's disks a table is of; '' from agents that knew one disk only. */
const tableQuery = z.object({ disk: z.string().max(200).default('') });
/** Where a part of a file of the share begins. */
const filePartQuery = z.object({ from: z.coerce.number().int().nonnegative().default(0) });
const taskParams = z.object({ taskId: z.string() });
const chunkParams = taskParams.extend({ id: z.string().regex(/^[0-9a-f]{64}$/) });

/** The bytes of a task: its index, its chunks, the saved partition table. */
export function chunkRoutes(
  instance: FastifyInstance,
  {
    sessions,
    images,
    captures,
    savedTables,
    sendLimits,
    hostFiles,
  }: Pick<Services, 'sessions' | 'images' | 'captures' | 'savedTables' | 'sendLimits' | 'hostFiles'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const bytes = 'application/octet-stream';

  app.get('/agent/v1/tasks/:taskId/index', { schema: { params: taskParams } }, async (request, reply) => {
    const hostId = await hostOf(request, sessions);
    return reply.type(bytes).send(await images.index(hostId, request.params.taskId));
  });

  app.get(
    '/agent/v1/tasks/:taskId/chunks/:id',
    { schema: { params: chunkParams } },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      const { taskId, id } = request.params;
      const frame = await images.chunk(hostId, taskId, id);
      const turn = await sendLimits.turnFor(await images.taskOf(hostId, taskId));
      reply.type(bytes);
      if (turn === null) return reply.send(frame);
      return reply.header('content-length', frame.length).send(Readable.from(slices(frame, turn, reply)));
    },
  );

  app.get(
    '/agent/v1/tasks/:taskId/files/:id',
    { schema: { params: chunkParams, querystring: filePartQuery } },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      const { taskId, id } = request.params;
      return reply.type(bytes).send(await hostFiles.part(hostId, taskId, id, request.query.from));
    },
  );

  app.post(
    '/agent/v1/tasks/:taskId/chunks/:id/bad',
    { schema: { params: chunkParams, body: badChunkRequestSchema, response: { 200: badChunkReplySchema } } },
    async (request) => {
      const hostId = await hostOf(request, sessions);
      const { taskId, id } = request.params;
      return { verdict: await images.reportBad(hostId, taskId, id, request.body.words) };
    },
  );

  app.put(
    '/agent/v1/tasks/:taskId/saved-table',
    {
      bodyLimit: MAX_TABLE_BYTES,
      schema: { params: taskParams, querystring: tableQuery, body: z.instanceof(Buffer) },
    },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      await images.taskOf(hostId, request.params.taskId);
      await savedTables.keep(
        { hostId, taskId: request.params.taskId, disk: request.query.disk },
        request.body,
      );
      return reply.code(204).send();
    },
  );

  app.get(
    '/agent/v1/tasks/:taskId/saved-table',
    { schema: { params: taskParams, querystring: tableQuery } },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      await images.taskOf(hostId, request.params.taskId);
      const { taskId } = request.params;
      const saved = await savedTables.find({ hostId, taskId, disk: request.query.disk });
      return saved === null ? reply.code(204).send() : reply.type(bytes).send(saved);
    },
  );

  app.post(
    '/agent/v1/tasks/:taskId/missing',
    { schema: { params: taskParams, body: missingRequestSchema, response: { 200: missingReplySchema } } },
    async (request) => {
      const hostId = await hostOf(request, sessions);
      return { missing: await captures.missing(hostId, request.params.taskId, request.body.ids) };
    },
  );

  app.put(
    '/agent/v1/tasks/:taskId/chunks/:id',
    { bodyLimit: MAX_CHUNK_BYTES, schema: { params: chunkParams, body: z.instanceof(Buffer) } },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      await captures.put(hostId, request.params.taskId, request.params.id, request.body);
      return reply.code(204).send();
    },
  );

  app.put(
    '/agent/v1/tasks/:taskId/index',
    { bodyLimit: MAX_INDEX_BYTES, schema: { params: taskParams, body: z.instanceof(Buffer) } },
    async (request) => {
      const hostId = await hostOf(request, sessions);
      return captures.commit(hostId, request.params.taskId, request.body);
    },
  );
}

/** So much goes at once where there is a limit: small enough that others come between, at any rate. */
const SLICE_BYTES = 65_536;

async function* slices(frame: Buffer, turn: Turn, reply: FastifyReply): AsyncGenerator<Buffer> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new Error('the host has gone')));
  for (let at = 0; at < frame.length; at += SLICE_BYTES) {
    const slice = frame.subarray(at, at + SLICE_BYTES);
    await turn(slice.length, gone.signal);
    yield slice;
  }
}
