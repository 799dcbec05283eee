import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { MimeoError } from '../../errors.ts';
import { entryScript, readScriptQuery } from '../../netboot/index.ts';
import type { ServerFacts, Services } from '../services.ts';

/** The only files that a machine nobody knows may have. */
const FILES: ReadonlySet<string> = new Set([
  'vmlinuz',
  'initrd.img',
  'extra.img',
  'undionly.kpxe',
  'snponly.efi',
]);

/** What machines ask for before an agent runs: scripts, kernel, initramfs. Open to everybody, hence without secrets. */
export function bootRoutes(app: FastifyInstance, { boot }: Pick<Services, 'boot'>, facts: ServerFacts): void {
  const entry = entryScript({ httpBase: facts.httpBase });
  app.get('/boot/entry.ipxe', (_request, reply) => reply.type('text/plain').send(entry));

  app.get('/boot/script', async (request, reply) => {
    // The query is read by our own reader: iPXE does not escape as forms do.
    const query = request.raw.url?.split('?')[1] ?? '';
    const menu = /(?:^|&)menu=1(?:&|$)/.test(query);
    const url = `/boot/script?${query.replace(/&?menu=1/g, '')}`;
    const script = await boot.script(readScriptQuery(query), { url, menu });
    return reply.type('text/plain').header('cache-control', 'no-store').send(script);
  });

  app.get<{ Params: { name: string } }>('/boot/files/:name', async (request, reply) => {
    const { name } = request.params;
    if (!FILES.has(name)) throw new MimeoError('request-invalid', `There is no boot file ${name}.`);
    const path = join(facts.bootFolder, name);
    const { size } = await stat(path);
    return reply.type('application/octet-stream').header('content-length', size).send(createReadStream(path));
  });
}
