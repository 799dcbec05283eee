import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { DeploymentRow } from '../../db/index.ts';
import { ENDED } from '../../deployment/index.ts';
import { personOf } from '../callers.ts';
import {
  captureRequestSchema,
  type DeploymentView,
  deploymentSchema,
  deployRequestSchema,
  orderRequestSchema,
  previewSchema,
  taskSchema,
} from '../schemas/index.ts';
import type { Services } from '../services.ts';
import { deploymentView, taskView } from '../views/task-view.ts';

/** Deployments shown in lists. */
const LISTED = 100;
const idParams = z.object({ id: z.string() });

/** Deployments, captures and their tasks: everything that makes a host write or read a disk. */
export function orderRoutes(
  instance: FastifyInstance,
  {
    orders,
    previews,
    board,
    access,
    manifest,
  }: Pick<Services, 'orders' | 'previews' | 'board' | 'access' | 'manifest'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const view = async (deployment: DeploymentRow): Promise<DeploymentView> =>
    deploymentView(deployment, await board.ofDeployment(deployment.id));

  app.post(
    '/api/v1/deployments/preview',
    { schema: { body: deployRequestSchema, response: { 200: previewSchema } } },
    async (request) => {
      const { keep, machines, refused, digest } = await previews.preview(request.body);
      return {
        keep: [...keep],
        machines: machines.map((machine) => ({ ...machine, plan: [...machine.plan] })),
        refused: [...refused],
        manifestProblems: new Set(manifest.state().problems.map(({ line }) => line)).size,
        digest,
      };
    },
  );

  app.post(
    '/api/v1/deployments',
    { schema: { body: orderRequestSchema, response: { 201: deploymentSchema } } },
    async (request, reply) => {
      const deployment = await orders.deploy(request.body, await personOf(request, access));
      return reply.code(201).send(await view(deployment));
    },
  );

  app.post(
    '/api/v1/captures',
    { schema: { body: captureRequestSchema, response: { 201: deploymentSchema } } },
    async (request, reply) => {
      const deployment = await orders.capture(request.body, await personOf(request, access));
      return reply.code(201).send(await view(deployment));
    },
  );

  app.get(
    '/api/v1/deployments',
    {
      schema: {
        querystring: z.object({ open: z.stringbool().optional() }),
        response: { 200: z.array(deploymentSchema) },
      },
    },
    async (request) => {
      const all = await Promise.all((await orders.deployments(LISTED)).map(view));
      return request.query.open === undefined ? all : all.filter(({ open }) => open === request.query.open);
    },
  );

  app.get(
    '/api/v1/deployments/:id',
    { schema: { params: idParams, response: { 200: deploymentSchema } } },
    async (request) => view(await orders.deployment(request.params.id)),
  );

  app.post(
    '/api/v1/deployments/:id/cancel',
    { schema: { params: idParams, response: { 200: deploymentSchema } } },
    async (request) => {
      const deployment = await orders.deployment(request.params.id);
      const by = await personOf(request, access);
      for (const task of await board.ofDeployment(deployment.id)) {
        if (!ENDED.has(task.state.status)) await orders.cancel(task.id, by);
      }
      return view(deployment);
    },
  );

  app.post(
    '/api/v1/deployments/:id/retry',
    { schema: { params: idParams, response: { 200: deploymentSchema } } },
    async (request) => {
      const deployment = await orders.deployment(request.params.id);
      for (const task of await board.ofDeployment(deployment.id)) {
        if (task.state.status === 'failed' || task.state.status === 'cancelled') await orders.retry(task.id);
      }
      return view(deployment);
    },
  );

  app.post(
    '/api/v1/tasks/:id/cancel',
    { schema: { params: idParams, response: { 200: taskSchema } } },
    async (request) => taskView(await orders.cancel(request.params.id, await personOf(request, access))),
  );

  app.post(
    '/api/v1/tasks/:id/retry',
    { schema: { params: idParams, response: { 200: taskSchema } } },
    async (request) => taskView(await orders.retry(request.params.id)),
  );
}
