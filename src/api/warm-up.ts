import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import { z } from 'zod';

/**
 * Makes Fastify load what it only loads when it is used. A server that gives up root afterwards may not be
 * able to read its own checkout any more, when that lies in somebody's private home.
 */
export async function warmUp(): Promise<void> {
  const app = Fastify({ loggerInstance: pino({ level: 'silent' }) });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, _request, reply) => reply.code(500).send(String(error)));
  app.post('/', { schema: { body: z.object({}), response: { 200: z.object({}) } } }, () => ({}));
  app.get('/', () => {
    throw new Error('warm');
  });
  await app.ready();
  await app.inject({ method: 'POST', url: '/', payload: {} });
  await app.inject({
    method: 'POST',
    url: '/',
    payload: '[',
    headers: { 'content-type': 'application/json' },
  });
  await app.inject({ method: 'GET', url: '/' });
  await app.inject({ method: 'GET', url: '/nowhere' });
  await app.close();
}
