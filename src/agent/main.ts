import { runAgent } from './agent.ts';
import { openTerminal } from './console/terminal.ts';

/** The agent on a real host, started by the boot environment's init. */
async function main(): Promise<void> {
  const { MIMEO_SERVER, MIMEO_BOOT, MIMEO_KEY, MIMEO_NIC, MIMEO_BOOT_SECONDS } = process.env;
  if (!MIMEO_SERVER) throw new Error('MIMEO_SERVER is not set: the address of the server is not known');
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort(new Error('SIGTERM')));
  process.once('SIGINT', () => stop.abort(new Error('SIGINT')));
  const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
  log(`agent of server ${MIMEO_SERVER}, started ${MIMEO_BOOT_SECONDS ?? '?'} s after the kernel`);
  const terminals = [openTerminal('/dev/tty1', 'screen'), openTerminal('/dev/ttyS0', 'lines')];
  await runAgent(
    {
      server: MIMEO_SERVER,
      bootNonce: MIMEO_BOOT || null,
      indexKey: MIMEO_KEY || null,
      bootedNic: MIMEO_NIC || null,
      terminals: terminals.filter((terminal) => terminal !== null),
      log,
    },
    stop.signal,
  );
}

await main();
