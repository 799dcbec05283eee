import { run } from '../command.ts';
import { runAgent } from './agent.ts';
import { openTerminal } from './console/terminal.ts';

/** A clock that is off by less than this is left alone. */
const CLOCK_SLACK_MS = 60_000;

/** The agent on a real host, started by the boot environment's init. */
async function main(): Promise<void> {
  const { MIMEO_SERVER, MIMEO_BOOT, MIMEO_NIC, MIMEO_BOOT_SECONDS } = process.env;
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
      bootedNic: MIMEO_NIC || null,
      terminals: terminals.filter((terminal) => terminal !== null),
      log,
      onServerTime: setClock,
    },
    stop.signal,
  );
}

/** A dead CMOS battery leaves a host in another century, and with it the times of the files it writes. */
async function setClock(serverTime: string): Promise<void> {
  const ms = Date.parse(serverTime);
  if (Number.isNaN(ms) || Math.abs(ms - Date.now()) < CLOCK_SLACK_MS) return;
  await run(['date', '-u', '-s', `@${Math.round(ms / 1000)}`]);
}

await main();
