/**
 * Loaded into a server process before its own code, as `profile-probe.ts?folder=…`: between the first SIGWINCH and the
 * second it takes V8's profile of the processor, and writes it there.
 */
import { openSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import process from 'node:process';

const INTERVAL_US = 500;
const folder = new URL(import.meta.url).searchParams.get('folder') ?? '.';
// Opened at once: later the server is no longer root.
const file = openSync(join(folder, 'server.cpuprofile'), 'w');
const session = new Session();
let rings = 0;

async function ring(): Promise<void> {
  rings++;
  if (rings === 1) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await session.post('Profiler.start');
  }
  if (rings !== 2) return;
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(file, JSON.stringify(profile));
}

process.on('SIGWINCH', () => void ring());
