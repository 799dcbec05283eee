import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { missingReplySchema, missingRequestSchema } from '../../protocol/index.ts';
import { callerOf } from '../callers.ts';
import { importedSchema, importReplySchema, importRequestSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { MAX_CHUNK_BYTES, MAX_INDEX_BYTES } from './limits.ts';

const uploadParams = z.object({ id: z.string().regex(/^u-[a-z0-9]{1,20}$/) });
const chunkParams = uploadParams.extend({ chunk: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * Images that a technician's own machine sends: chunks first, the index last. The server never opens a path that it
 * was told; what is read is read by the `mimeo` command with its caller's rights.
 */
export function importRoutes(
  instance: FastifyInstance,
  { access, uploads }: Pick<Services, 'access' | 'uploads'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/api/v1/imports',
    { schema: { body: importRequestSchema, response: { 201: importReplySchema } } },
    async (request, reply) =>
      reply.code(201).send(uploads.open(request.body.image, await callerOf(request, access))),
  );

  app.post(
    '/api/v1/imports/:id/missing',
    { schema: { params: uploadParams, body: missingRequestSchema, response: { 200: missingReplySchema } } },
    async (request) => {
      const caller = await callerOf(request, access);
      return { missing: await uploads.missing(request.params.id, caller, request.body.ids) };
    },
  );

  app.put(
    '/api/v1/imports/:id/chunks/:chunk',
    { bodyLimit: MAX_CHUNK_BYTES, schema: { params: chunkParams, body: z.instanceof(Buffer) } },
    async (request, reply) => {
      const { id, chunk } = request.params;
      await uploads.put(id, await callerOf(request, access), chunk, request.body);
      return reply.code(204).send();
    },
  );

  app.put(
    '/api/v1/imports/:id/index',
    {
      bodyLimit: MAX_INDEX_BYTES,
      schema: { params: uploadParams, body: z.instanceof(Buffer), response: { 200: importedSchema } },
    },
    async (request) => uploads.commit(request.params.id, await callerOf(request, access), request.body),
  );

  app.delete('/api/v1/imports/:id', { schema: { params: uploadParams } }, async (request, reply) => {
    await uploads.abandon(request.params.id, await callerOf(request, access));
    return reply.code(204).send();
  });
}
