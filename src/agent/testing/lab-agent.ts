import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import type { DiskInfo } from '../../disk/index.ts';
import { runAgent } from '../agent.ts';
import type { Terminal } from '../console/terminal.ts';
import { ContractServer, type ContractServerScript } from './contract-server.ts';

/** An agent on this machine against a contract server, its serial line and its power switch in the test's hands. */
export interface LabAgent {
  readonly server: ContractServer;
  readonly log: string[];
  /** Resolves with what was done to the power once the agent has ended. */
  readonly ended: Promise<string[]>;
  /** Everything printed on the serial line so far. */
  serial(): string;
  /** Waits until the serial line has printed this after the last place that was waited for. */
  seen(words: string): Promise<void>;
  /** Types at the serial line. */
  type(text: string): void;
  /** Ends the agent as SIGTERM does. */
  stop(): void;
}

/** Starts it; it is stopped with the test. */
export async function startLabAgent(
  t: TestContext,
  script: ContractServerScript,
  disks: readonly DiskInfo[] = [],
  indexKey: string | null = null,
): Promise<LabAgent> {
  const server = new ContractServer(script);
  await server.start();
  const input = new PassThrough();
  const output = new PassThrough();
  let printed = '';
  let at = 0;
  const waiting = new Set<() => void>();
  output.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
    for (const look of waiting) look();
  });
  const terminal: Terminal = {
    kind: 'lines',
    input,
    output,
    size: () => ({ columns: 80, rows: 25 }),
    close: () => undefined,
  };
  const log: string[] = [];
  const switched: string[] = [];
  const stop = new AbortController();
  const ended = runAgent(
    {
      server: server.url,
      bootNonce: 'nonce-1',
      indexKey,
      bootedNic: null,
      terminals: [terminal],
      log: (line) => log.push(line),
      power: {
        reboot: async () => void switched.push('reboot'),
        shutdown: async () => void switched.push('shutdown'),
      },
      listDisks: async () => disks,
      farewellMs: 0,
    },
    stop.signal,
  ).then(() => switched);
  t.after(async () => {
    stop.abort(new Error('the test is over'));
    await ended;
    await server.stop();
  });
  return {
    server,
    log,
    ended,
    serial: () => printed,
    seen: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = printed.indexOf(words, at);
          if (found < 0) return;
          at = found + words.length;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    type: (text) => void input.write(text),
    stop: () => stop.abort(new Error('SIGTERM')),
  };
}

/** A plain file in the place of a disk. */
export function fileDisk(device: string, sizeBytes: number): DiskInfo {
  return {
    device,
    sizeBytes,
    sectorBytes: 512,
    model: 'Test disk',
    serial: 'T1',
    transport: 'sata',
    removable: false,
    readOnly: false,
  };
}
