import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ManifestState } from '../../control/index.ts';
import { personOf } from '../callers.ts';
import {
  claimReplySchema,
  claimRequestSchema,
  codeSchema,
  type StatusView,
  statusSchema,
} from '../schemas/index.ts';
import type { ServerFacts, Services } from '../services.ts';
import { isoOf } from '../views/time.ts';

export function serverRoutes(
  instance: FastifyInstance,
  services: Pick<Services, 'access' | 'board' | 'directory' | 'manifest' | 'orders' | 'store'>,
  facts: ServerFacts,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { access, board, directory, manifest, orders, store } = services;

  app.get('/api/v1/status', { schema: { response: { 200: statusSchema } } }, async () => {
    const state = manifest.state();
    const deployments = await orders.deployments(100);
    const open = deployments.filter(({ id }) => board.isOpen(id));
    return {
      version: facts.version,
      startedAt: new Date(facts.startedAt).toISOString(),
      interface: facts.interface,
      address: facts.address,
      dhcpServers: [...facts.dhcpServers()],
      indexKeys: [...facts.indexKeys],
      hosts: (await directory.all()).length,
      images: new Set((await store.list()).map((image) => image.name)).size,
      manifest: {
        path: state.path,
        rows: state.rows,
        readAt: isoOf(state.readAt),
        problems: problemsOf(state),
      },
      openDeployments: open.length,
    };
  });

  app.post('/api/v1/codes', { schema: { response: { 201: codeSchema } } }, async (request, reply) => {
    const { code, validUntil } = await access.newTechnicianCode(await personOf(request, access));
    return reply.code(201).send({ code, validUntil: new Date(validUntil).toISOString() });
  });

  app.post(
    '/api/v1/claim',
    { schema: { body: claimRequestSchema, response: { 201: claimReplySchema } } },
    async (request, reply) => reply.code(201).send({ token: await access.claim(request.body.code) }),
  );
}

/** A file that cannot be read at all is a problem like any other. */
function problemsOf({ problems, fault }: ManifestState): StatusView['manifest']['problems'] {
  const unreadable = { line: 1, column: 1, code: 'unreadable', next: 'Put a readable manifest.csv there.' };
  return [
    ...(fault === null ? [] : [{ ...unreadable, message: fault }]),
    ...problems.map(({ line, column, code, message, next }) => ({ line, column, code, message, next })),
  ];
}
