import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  damagedImagesSchema,
  imageDetailSchema,
  imageDiffSchema,
  imageSchema,
  imageUsesSchema,
} from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { diffView, imageDetail, imageView } from '../views/image-view.ts';
import { imageParams } from './image-bytes.ts';

const listQuery = z.object({ costs: z.stringbool().default(false) });

/** What images there are, what is in each, and who relies on it. */
export function imageRoutes(
  instance: FastifyInstance,
  {
    store,
    images,
    library,
    costs,
    storeDamage,
  }: Pick<Services, 'store' | 'images' | 'library' | 'costs' | 'storeDamage'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/images',
    { schema: { querystring: listQuery, response: { 200: z.array(imageSchema) } } },
    async (request) => {
      const all = await store.list();
      const only = request.query.costs ? await costs.costs(all) : null;
      const lost = await storeDamage.lostChunks();
      return all.map((image) => {
        const key = `${image.name}@${image.version}`;
        return imageView(image, only?.get(key) ?? null, lost.get(key) ?? 0);
      });
    },
  );

  app.get('/api/v1/damaged-images', { schema: { response: { 200: damagedImagesSchema } } }, async () => [
    ...(await library.damaged()),
  ]);

  app.get(
    '/api/v1/images/:ref',
    { schema: { params: imageParams, response: { 200: imageDetailSchema } } },
    async (request) => {
      const image = await library.find(request.params.ref);
      const { index } = await store.readIndex(image.name, image.version);
      const only = await costs.costs(await store.list());
      const lost = await storeDamage.lostChunks();
      const key = `${image.name}@${image.version}`;
      return imageDetail(image, index, only.get(key) ?? 0, lost.get(key) ?? 0);
    },
  );

  app.get(
    '/api/v1/images/:ref/uses',
    { schema: { params: imageParams, response: { 200: imageUsesSchema } } },
    async (request) => {
      const { ref } = request.params;
      const only = await costs.costs(await store.list());
      const versions = (await library.versions(ref)).map((image) =>
        imageView(image, only.get(`${image.name}@${image.version}`) ?? null),
      );
      const { assigned, tasks, labels } = await library.uses(ref);
      const damaged = [...(await library.damagedVersions(ref))];
      return { versions, damaged, assigned: [...assigned], tasks: [...tasks], labels: [...labels] };
    },
  );

  app.get(
    '/api/v1/images/:ref/diff/:other',
    {
      schema: {
        params: imageParams.extend({ other: imageParams.shape.ref }),
        response: { 200: imageDiffSchema },
      },
    },
    async (request) => {
      const { ref, other } = request.params;
      const [first, second] = [await library.find(ref), await library.find(other)];
      return diffView(
        await images.decoded(first.name, first.version),
        await images.decoded(second.name, second.version),
      );
    },
  );
}
