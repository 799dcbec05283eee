import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personOf } from '../callers.ts';
import { storeJobRequestSchema, storeJobSchema, storeStatusSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { storeJobView } from '../views/store-view.ts';
import { isoOf } from '../views/time.ts';

const jobParams = z.object({ id: z.string().regex(/^j-[a-z0-9]{1,20}$/) });

/** The store as a whole: what it holds, and the jobs that keep it in order. */
export function storeRoutes(
  instance: FastifyInstance,
  services: Pick<Services, 'access' | 'library' | 'store' | 'storeDamage' | 'storeJobs' | 'storeSchedule'>,
): void {
  const { access, library, store, storeDamage, storeJobs, storeSchedule } = services;
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/api/v1/store', { schema: { response: { 200: storeStatusSchema } } }, async () => {
    const usage = await store.usage();
    const images = await store.list();
    return {
      ...usage,
      unsharedBytes: images.reduce((sum, image) => sum + image.storedBytes, 0),
      damagedImages: [...usage.damagedImages],
      brokenImages: (await storeDamage.broken()).map(({ foundAt, ...broken }) => ({
        ...broken,
        foundAt: new Date(foundAt).toISOString(),
      })),
      scrubbedAt: isoOf(await storeSchedule.scrubbedAt()),
      jobs: storeJobs.list().map(storeJobView),
    };
  });

  app.post(
    '/api/v1/store/jobs',
    { schema: { body: storeJobRequestSchema, response: { 201: storeJobSchema } } },
    async (request, reply) => {
      const by = await personOf(request, access);
      const { body } = request;
      if (body.kind !== 'verify') return reply.code(201).send(storeJobView(storeJobs.request(body, by)));
      const { name: image, version } = await library.find(body.image);
      return reply.code(201).send(storeJobView(storeJobs.request({ kind: 'verify', image, version }, by)));
    },
  );

  app.get(
    '/api/v1/store/jobs/:id',
    { schema: { params: jobParams, response: { 200: storeJobSchema } } },
    async (request) => storeJobView(storeJobs.get(request.params.id)),
  );

  app.post(
    '/api/v1/store/jobs/:id/cancel',
    { schema: { params: jobParams, response: { 200: storeJobSchema } } },
    async (request) => storeJobView(storeJobs.cancel(request.params.id)),
  );
}
