import { listDisks, releaseDisk } from '../disk/index.ts';
import { toMimeoError } from '../errors.ts';
import { widenThreadPool } from '../thread-pool.ts';
import { runAgent } from './agent.ts';
import { openTerminal } from './console/terminal.ts';
import { plain } from './console/words.ts';
import { sendLongPackets } from './long-packets.ts';

/** The agent on a real host, started by the boot environment's init. */
async function main(): Promise<void> {
  widenThreadPool();
  const { MIMEO_SERVER, MIMEO_BOOT, MIMEO_KEY, MIMEO_NIC, MIMEO_BOOT_SECONDS } = process.env;
  if (!MIMEO_SERVER) throw new Error('MIMEO_SERVER is not set: the address of the server is not known');
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort(new Error('SIGTERM')));
  process.once('SIGINT', () => stop.abort(new Error('SIGINT')));
  const log = (line: string): void => console.log(`${new Date().toISOString()} ${plain(line)}`);
  log(`agent of server ${MIMEO_SERVER}, started ${MIMEO_BOOT_SECONDS ?? '?'} s after the kernel`);
  await sendLongPackets(log);
  await releaseDisks(log);
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

/** What an agent before this one left when it died; a disk it left write-protected would not even be offered. */
async function releaseDisks(log: (line: string) => void): Promise<void> {
  // A task finds out by itself that a disk is in use; the machine has to come up in any case.
  const tell = (thrown: unknown): void =>
    log(`not all of the disks could be released: ${toMimeoError(thrown).message}`);
  const disks = await listDisks().catch((thrown: unknown) => {
    tell(thrown);
    return [];
  });
  for (const { device } of disks) {
    try {
      for (const words of await releaseDisk(device)) log(words);
    } catch (thrown) {
      tell(thrown);
    }
  }
}

await main();
