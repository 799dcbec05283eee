import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  exchangeReplySchema,
  exchangeRequestSchema,
  joinReplySchema,
  joinRequestSchema,
} from '../../protocol/index.ts';
import { hostOf } from '../callers.ts';
import { type SwarmView, swarmSchema } from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { MAX_JOIN_BYTES } from './limits.ts';

/** Made once: every answered call ends here too, and an error with a stack for each is 4 % of a crowded server. */
const GONE = new Error('the host is gone, or has its answer');

const taskParams = z.object({ taskId: z.string() });

/** Where agents learn which neighbour has what they need, and people what came of it. */
export function swarmRoutes(
  instance: FastifyInstance,
  { sessions, orders, swarm, directory }: Pick<Services, 'sessions' | 'orders' | 'swarm' | 'directory'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/agent/v1/tasks/:taskId/swarm/join',
    {
      bodyLimit: MAX_JOIN_BYTES,
      schema: { params: taskParams, body: joinRequestSchema, response: { 200: joinReplySchema } },
    },
    async (request) => {
      const hostId = await hostOf(request, sessions);
      return swarm.join(hostId, request.params.taskId, request.ip, request.body);
    },
  );

  app.post(
    '/agent/v1/tasks/:taskId/swarm',
    {
      schema: { params: taskParams, body: exchangeRequestSchema, response: { 200: exchangeReplySchema } },
      // What this server makes itself is not checked once more: for tens of thousands of chunks a second that costs
      // as much as finding out whom to ask for them.
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      swarm.calledFrom(hostId, request.ip);
      const gone = new AbortController();
      // A host that went away must not be given work that it never reads.
      reply.raw.on('close', () => gone.abort(GONE));
      return swarm.exchange(hostId, request.params.taskId, request.body, gone.signal);
    },
  );

  app.get(
    '/api/v1/deployments/:id/swarm',
    { schema: { params: z.object({ id: z.string() }), response: { 200: swarmSchema } } },
    async (request): Promise<SwarmView> => {
      const { id } = await orders.deployment(request.params.id);
      const traffic = swarm.traffic(id);
      const names = new Map((await directory.all()).map((host) => [host.id, host.name]));
      const hosts = traffic.hosts.map((host) => ({ ...host, hostName: names.get(host.hostId) ?? null }));
      return { ...traffic, hosts };
    },
  );
}
