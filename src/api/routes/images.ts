import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MimeoError } from '../../errors.ts';
import { parseImageReference } from '../../image/index.ts';
import { imageDetailSchema, imageSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { imageDetail, imageView } from '../views/image-view.ts';

export function imageRoutes(instance: FastifyInstance, { store }: Pick<Services, 'store'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/api/v1/images', { schema: { response: { 200: z.array(imageSchema) } } }, async () =>
    (await store.list()).map(imageView),
  );

  app.get(
    '/api/v1/images/:ref',
    { schema: { params: z.object({ ref: z.string() }), response: { 200: imageDetailSchema } } },
    async (request) => {
      const { name, version } = parseImageReference(request.params.ref);
      const { index } = await store.readIndex(name, version ?? undefined);
      const summary = (await store.list()).find(
        (one) => one.name === index.name && one.version === index.version,
      );
      if (!summary) throw new MimeoError('image-missing', `There is no image ${request.params.ref}.`);
      return imageDetail(summary, index);
    },
  );
}
