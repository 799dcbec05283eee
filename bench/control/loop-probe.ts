/**
 * Loaded into a server process before its own code: at SIGWINCH it says how late its event loop's timers were since
 * the last time, and counts anew. The library's own offset, its resolution, is taken off.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

const RESOLUTION = 5;
const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
loop.enable();

const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);

process.on('SIGWINCH', () => {
  const [p50, p99, max] = [loop.percentile(50), loop.percentile(99), loop.max].map(late);
  process.stdout.write(`loop ${JSON.stringify({ p50, p99, max })}\n`);
  loop.reset();
});
