import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { listen } from '../listen.ts';
import type { TestServer } from './test-server.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

export interface CommandOutcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Opens the sockets of a test's server, so that the real command reaches it. */
export async function openSockets(server: TestServer): Promise<{ url: string; close: () => void }> {
  const local = await listen(server.app, {
    address: '127.0.0.1',
    port: 0,
    socket: join(server.data, 'mimeo.sock'),
  });
  return {
    url: server.app.listeningOrigin,
    close: () => {
      local.close();
      local.closeAllConnections();
    },
  };
}

/** Starts the real command as a process of its own. */
export function startMimeo(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TZ: 'UTC', HOME: '/nonexistent', ...env },
  });
}

export async function endOf(child: ChildProcess): Promise<CommandOutcome> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (bytes: Buffer) => (out += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, out, err };
}

/** Runs the real command to its end. */
export function mimeo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandOutcome> {
  return endOf(startMimeo(args, env));
}
