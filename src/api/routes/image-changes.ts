import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MimeoError } from '../../errors.ts';
import { parseImageReference } from '../../image/index.ts';
import { personOf } from '../callers.ts';
import { imageSchema, notesRequestSchema, renameRequestSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { imageView } from '../views/image-view.ts';
import { imageParams } from './image-bytes.ts';

const labelParams = imageParams.extend({ label: z.string().min(1).max(80) });

/** What technicians change of images that are in the store. */
export function imageChangeRoutes(
  instance: FastifyInstance,
  { access, library }: Pick<Services, 'access' | 'library'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.delete(
    '/api/v1/images/:ref',
    {
      schema: {
        params: imageParams,
        /** A name alone means all its versions, which has to be said. */
        querystring: z.object({ all: z.stringbool().default(false) }),
        response: { 200: z.array(imageSchema) },
      },
    },
    async (request) => {
      const { version, label } = parseImageReference(request.params.ref);
      if (version === null && label === null && !request.query.all) {
        throw new MimeoError('request-invalid', `${request.params.ref} names no version.`, {
          next: 'Name one, as in name@3, or say that all shall go.',
        });
      }
      const gone = await library.delete(request.params.ref, await personOf(request, access));
      return gone.map((image) => imageView(image));
    },
  );

  app.post(
    '/api/v1/images/:ref/rename',
    { schema: { params: imageParams, body: renameRequestSchema, response: { 200: z.array(imageSchema) } } },
    async (request) => {
      const by = await personOf(request, access);
      return (await library.rename(request.params.ref, request.body.name, by)).map((image) =>
        imageView(image),
      );
    },
  );

  app.put(
    '/api/v1/images/:ref/notes',
    { schema: { params: imageParams, body: notesRequestSchema, response: { 200: imageSchema } } },
    async (request) => {
      const by = await personOf(request, access);
      return imageView(await library.note(request.params.ref, request.body.notes, by));
    },
  );

  app.put(
    '/api/v1/images/:ref/labels/:label',
    { schema: { params: labelParams, response: { 200: imageSchema } } },
    async (request) => {
      const { ref, label } = request.params;
      return imageView(await library.label(ref, label, await personOf(request, access)));
    },
  );

  app.delete(
    '/api/v1/images/:ref/labels/:label',
    { schema: { params: labelParams, response: { 200: imageSchema } } },
    async (request) => {
      const { ref, label } = request.params;
      return imageView(await library.unlabel(ref, label, await personOf(request, access)));
    },
  );
}
