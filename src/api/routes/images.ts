import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { imageMeant } from '../../control/index.ts';
import { imageDetailSchema, imageSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { imageDetail, imageView } from '../views/image-view.ts';
import { imageParams } from './image-bytes.ts';

/** What images there are, and what is in each. */
export function imageRoutes(instance: FastifyInstance, { store }: Pick<Services, 'store'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/api/v1/images', { schema: { response: { 200: z.array(imageSchema) } } }, async () =>
    (await store.list()).map(imageView),
  );

  app.get(
    '/api/v1/images/:ref',
    { schema: { params: imageParams, response: { 200: imageDetailSchema } } },
    async (request) => {
      const image = imageMeant(request.params.ref, await store.list());
      const { index } = await store.readIndex(image.name, image.version);
      return imageDetail(image, index);
    },
  );
}
