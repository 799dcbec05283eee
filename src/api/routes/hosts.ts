import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { hostDetailSchema, hostSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { hostView } from '../views/host-view.ts';

const TIMELINE_LINES = 200;

export function hostRoutes(
  instance: FastifyInstance,
  { directory, board, events, timeline }: Pick<Services, 'directory' | 'board' | 'events' | 'timeline'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/hosts',
    {
      schema: {
        querystring: z.object({ lab: z.string().optional() }),
        response: { 200: z.array(hostSchema) },
      },
    },
    async (request) => {
      const lab = request.query.lab?.toLowerCase();
      const hosts = await directory.all();
      return hosts
        .filter((host) => lab === undefined || host.lab?.toLowerCase() === lab)
        .map((host) => hostView(host, board.ofHost(host.id)));
    },
  );

  app.get(
    '/api/v1/hosts/:ref',
    { schema: { params: z.object({ ref: z.string() }), response: { 200: hostDetailSchema } } },
    async (request) => {
      const host = await directory.find(request.params.ref);
      const written = await events.ofHost(host.id, TIMELINE_LINES);
      const early = host.macs.flatMap((mac) => timeline.ofStranger(mac));
      const lines = [
        ...early.map((line) => ({ ...line, kind: 'netboot' })),
        ...written.map(({ at, kind, level, words }) => ({ at, kind, level, words })),
      ].sort((a, b) => a.at - b.at);
      return {
        ...hostView(host, board.ofHost(host.id)),
        uuid: host.uuid,
        serial: host.serial,
        timeline: lines
          .slice(-TIMELINE_LINES)
          .map((line) => ({ ...line, at: new Date(line.at).toISOString() })),
      };
    },
  );
}
