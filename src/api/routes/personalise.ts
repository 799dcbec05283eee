import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { hostExplanationSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';

export function personaliseRoutes(
  instance: FastifyInstance,
  { explanations }: Pick<Services, 'explanations'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/hosts/:ref/personalise',
    {
      schema: {
        params: z.object({ ref: z.string() }),
        querystring: z.object({ image: z.string().optional() }),
        response: { 200: hostExplanationSchema },
      },
    },
    async ({ params, query }) => {
      const { locations, lines, warnings, ...rest } = await explanations.explain(
        params.ref,
        query.image ?? null,
      );
      return { ...rest, locations: [...locations], lines: [...lines], warnings: [...warnings] };
    },
  );
}
