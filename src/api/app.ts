import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { MimeoError } from '../errors.ts';
import { hostOf, personOf } from './callers.ts';
import { sendProblem } from './problems.ts';
import { agentRoutes } from './routes/agent.ts';
import { bootRoutes } from './routes/boot.ts';
import { chunkRoutes } from './routes/chunks.ts';
import { eventRoutes } from './routes/events.ts';
import { hostRoutes } from './routes/hosts.ts';
import { imageByteRoutes } from './routes/image-bytes.ts';
import { imageChangeRoutes } from './routes/image-changes.ts';
import { imageRoutes } from './routes/images.ts';
import { importRoutes } from './routes/imports.ts';
import { orderRoutes } from './routes/orders.ts';
import { personaliseRoutes } from './routes/personalise.ts';
import { serverRoutes } from './routes/server.ts';
import { startPageRoute } from './routes/start-page.ts';
import { storeRoutes } from './routes/store.ts';
import { swarmRoutes } from './routes/swarm.ts';
import type { ServerFacts, Services } from './services.ts';

/** Of a JSON body: hellos, reports, orders. */
const BODY_BYTES = 1_048_576;

/** A request must have arrived whole in this time; 256 MiB at 20 Mbit/s. */
const REQUEST_MS = 120_000;

/** The whole HTTP face of the server, not listening yet. `close()` ends event streams first. */
export function createApp(services: Services, facts: ServerFacts, log: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    requestTimeout: REQUEST_MS,
    // Every body is read through a schema, which keeps what it knows: nothing is searched for before.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error: Error, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      const [first] = error.validation;
      const where = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`;
      const words = `${where}: ${first?.message ?? 'is not what this call takes'}.`;
      return sendProblem(new MimeoError('request-invalid', words), request, reply);
    }
    return sendProblem(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const problem = new MimeoError(
      'request-invalid',
      `There is no ${request.method} ${request.url.slice(0, 200)}.`,
    );
    return sendProblem(problem, request, reply);
  });
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  // Before a body is read: who has no token cannot make the server hold megabytes for him.
  // The route that was matched, not the URL as sent, which may be written in many ways.
  // A route under /api is for people who signed in; /api/v1/claim is how one does.
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? '';
    if (route.startsWith('/agent/') && route !== '/agent/v1/hello') await hostOf(request, services.sessions);
    if (route.startsWith('/api/') && route !== '/api/v1/claim') await personOf(request, services.access);
  });

  startPageRoute(app);
  bootRoutes(app, services, facts);
  agentRoutes(app, services);
  chunkRoutes(app, services);
  hostRoutes(app, services);
  personaliseRoutes(app, services);
  imageRoutes(app, services);
  imageByteRoutes(app, services);
  imageChangeRoutes(app, services);
  importRoutes(app, services);
  orderRoutes(app, services);
  serverRoutes(app, services, facts);
  storeRoutes(app, services);
  swarmRoutes(app, services);
  const endStreams = eventRoutes(app, services);
  app.addHook('preClose', async () => endStreams());
  return app;
}
