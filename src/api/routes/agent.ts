import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  answerCheckSchema,
  answerReplySchema,
  answerRequestSchema,
  helloReplySchema,
  helloRequestSchema,
  reportReplySchema,
  reportSchema,
  workSchema,
} from '../../protocol/index.ts';
import { hostOf } from '../callers.ts';
import type { Services } from '../services.ts';

const MAX_WAIT_SECONDS = 60;

/** Hello, work, reports and the answers typed at a host's screen. */
export function agentRoutes(
  instance: FastifyInstance,
  { sessions, work, directory, question }: Pick<Services, 'sessions' | 'work' | 'directory' | 'question'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/agent/v1/hello',
    { schema: { body: helloRequestSchema, response: { 200: helloReplySchema } } },
    (request) => sessions.hello(request.body, request.ip),
  );

  app.get(
    '/agent/v1/work',
    {
      schema: {
        querystring: z.object({ wait: z.coerce.number().min(0).max(MAX_WAIT_SECONDS).default(0) }),
        response: { 200: workSchema },
      },
    },
    async (request, reply) => {
      const hostId = await hostOf(request, sessions);
      const waited = new AbortController();
      const timer = setTimeout(() => waited.abort(), request.query.wait * 1000);
      // A host that went away must not take work with it that it never reads.
      reply.raw.on('close', () => waited.abort());
      try {
        return await work.next(hostId, waited.signal);
      } finally {
        clearTimeout(timer);
      }
    },
  );

  app.post(
    '/agent/v1/answer',
    { schema: { body: answerRequestSchema, response: { 200: answerReplySchema } } },
    async (request) => {
      const host = await directory.get(await hostOf(request, sessions));
      return question.answer(host, request.body);
    },
  );

  app.post(
    '/agent/v1/answer/check',
    { schema: { body: answerCheckSchema, response: { 200: answerReplySchema } } },
    async (request) => {
      const host = await directory.get(await hostOf(request, sessions));
      return question.check(host, request.body);
    },
  );

  app.post(
    '/agent/v1/tasks/:taskId/report',
    {
      schema: {
        params: z.object({ taskId: z.string() }),
        body: reportSchema,
        response: { 200: reportReplySchema },
      },
    },
    async (request) => work.report(await hostOf(request, sessions), request.params.taskId, request.body),
  );
}
