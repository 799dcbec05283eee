/**
 * One boot of a host that is a process: asks for its boot script as iPXE does and runs the agent on a disk
 * that is a file or a loop device. Started in the host's network namespace and a process namespace of its
 * own, as process 1: killing it ends everything that it started, as a power cut does.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type AgentOptions, runAgent, sendLongPackets } from '../../../src/agent/index.ts';
import { run } from '../../../src/command.ts';

export interface AgentBootJob {
  /** `http://10.77.0.2:8080` */
  readonly server: string;
  readonly nic: string;
  readonly disk: string;
  readonly diskBytes: number;
  /** What a bench wants otherwise than the boot environment has it. */
  readonly ways?: Pick<AgentOptions, 'readBack' | 'ringBytes' | 'neighbours'>;
}

/** The machine's own identity would be the same for every host. */
async function hideIdentity(): Promise<void> {
  const folder = '/sys/class/dmi/id';
  const there = await readFile(`${folder}/modalias`).catch(() => null);
  if (there !== null) await run(['mount', '-t', 'tmpfs', 'none', folder]);
}

async function bootScript({ server, nic }: AgentBootJob): Promise<string> {
  const mac = (await readFile(`/sys/class/net/${nic}/address`, 'latin1')).trim().replaceAll(':', '-');
  const facts = 'uuid=&platform=pcbios&arch=i386&nic=&serial=&manufacturer=&product=';
  for (;;) {
    try {
      const reply = await fetch(`${server}/boot/script?mac=${mac}&${facts}`);
      if (reply.ok) return await reply.text();
    } catch {
      // The server is being started; firmware goes on trying as well.
    }
    await wait(100);
  }
}

async function main(): Promise<void> {
  const job = JSON.parse(process.argv[2] ?? '') as AgentBootJob;
  const say = (line: string): void => void process.stdout.write(`${Date.now()} ${line}\n`);
  await hideIdentity();
  // Of this host's own network namespace alone.
  await sendLongPackets(say);
  const script = await bootScript(job);
  const [, nonce] = /mimeo\.boot=(\S+)/.exec(script) ?? [];
  if (nonce === undefined) {
    say('own disk');
    return;
  }
  const [, indexKey = null] = /mimeo\.key=(\S+)/.exec(script) ?? [];
  const output = new PassThrough();
  createInterface({ input: output }).on('line', say);
  const close = (): void => undefined;
  await runAgent(
    {
      server: job.server,
      bootNonce: nonce,
      indexKey,
      bootedNic: job.nic,
      terminals: [{ kind: 'lines', input: null, output, size: () => ({ columns: 80, rows: 25 }), close }],
      log: say,
      power: { reboot: async () => say('power: reboot'), shutdown: async () => say('power: shutdown') },
      listDisks: async () => [
        {
          device: job.disk,
          sizeBytes: job.diskBytes,
          sectorBytes: 512,
          model: 'Bench disk',
          serial: 'B1',
          transport: 'sata',
          removable: false,
          readOnly: false,
        },
      ],
      farewellMs: 0,
      ...job.ways,
    },
    new AbortController().signal,
  );
  const { user, system } = process.cpuUsage();
  const { maxRSS } = process.resourceUsage();
  say(`used: ${JSON.stringify({ cpuSeconds: (user + system) / 1e6, memoryBytes: maxRSS * 1024 })}`);
}

await main();
// Kept-alive connections must not hold up the end.
process.exit();
