import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { badChunkReplySchema, badChunkRequestSchema } from '../../protocol/index.ts';
import { personOf } from '../callers.ts';
import type { Services } from '../services.ts';

export const imageParams = z.object({ ref: z.string().min(1).max(120) });
const chunkParams = imageParams.extend({ id: z.string().regex(/^[0-9a-f]{64}$/) });

/** The bytes of an image for a technician: its signed index, and the chunks that are part of it. */
export function imageByteRoutes(
  instance: FastifyInstance,
  { access, images, library }: Pick<Services, 'access' | 'images' | 'library'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const bytes = 'application/octet-stream';

  app.get('/api/v1/images/:ref/index', { schema: { params: imageParams } }, async (request, reply) => {
    const { name, version } = await library.find(request.params.ref);
    return reply.type(bytes).send(await images.signedIndex(name, version));
  });

  app.get('/api/v1/images/:ref/chunks/:id', { schema: { params: chunkParams } }, async (request, reply) => {
    const { name, version } = await library.find(request.params.ref);
    return reply.type(bytes).send(await images.chunkOf(name, version, request.params.id));
  });

  app.post(
    '/api/v1/images/:ref/chunks/:id/bad',
    { schema: { params: chunkParams, body: badChunkRequestSchema, response: { 200: badChunkReplySchema } } },
    async (request) => {
      const { name, version } = await library.find(request.params.ref);
      const by = await personOf(request, access);
      return {
        verdict: await images.recheckOf(name, version, request.params.id, { by, words: request.body.words }),
      };
    },
  );
}
