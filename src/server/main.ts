/** `npm start` ends here: the server in the foreground until Ctrl-C. */
import process from 'node:process';
import { systemClock } from '../clock.ts';
import { toMimeoError } from '../errors.ts';
import { widenThreadPool } from '../thread-pool.ts';
import { banner, consoleLine, dhcpLines } from './banner.ts';
import { MimeoServer } from './mimeo-server.ts';
import { chooseCard } from './network-card.ts';
import { parseOptions, type ServerOptions, USAGE } from './options.ts';
import { SiteDhcpSearch } from './site-dhcp.ts';

async function main(): Promise<number> {
  widenThreadPool();
  // What the server writes is for its own user and group: keys, database, socket.
  process.umask(0o027);
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  await serve(options, stopped.signal);
  return 0;
}

function onFault(error: unknown): void {
  const { message, next } = toMimeoError(error);
  process.stderr.write(`X A fault: ${message} ${next}\n`);
}

/** The start is not held up for longer by a DHCP server that takes its time. */
const DHCP_PATIENCE_MS = 1200;

async function serve(options: ServerOptions, signal: AbortSignal): Promise<void> {
  const card = chooseCard(options.interface);
  const search = new SiteDhcpSearch();
  const searched = search.run(card, signal);
  const server = new MimeoServer({
    options,
    card,
    onFault,
    dhcpServers: () => search.found?.servers ?? [],
    onEvent: (event) => {
      const line = consoleLine(event);
      if (line !== null) process.stdout.write(`${line}\n`);
    },
  });
  // A fault that nobody waits for must not end a server that a whole school is being imaged by.
  process.on('unhandledRejection', onFault);
  const facts = await server.start(signal);
  await Promise.race([searched, systemClock.delay(DHCP_PATIENCE_MS)]);
  process.stdout.write(`${banner(facts, options, search.found)}\n`);
  if (search.found === null)
    void searched.then((found) => process.stdout.write(`${dhcpLines(found).join('\n')}\n`));
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  process.stdout.write('Stopping; tasks go on where they were when the server is back.\n');
  await server.stop();
}

try {
  process.exitCode = await main();
} catch (thrown) {
  const error = toMimeoError(thrown);
  process.stderr.write(`Mimeo could not start: ${error.message}\n${error.next}\n`);
  if (error.code === 'internal' && error.cause instanceof Error)
    process.stderr.write(`${error.cause.stack}\n`);
  process.exitCode = 1;
}
