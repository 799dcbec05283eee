import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** How busy this thread is. */
export class LoopLoad {
  #before: EventLoopUtilization = performance.eventLoopUtilization();

  /** The part of the time since the last call in which it had something to do, 0 to 1. */
  since(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    return utilization;
  }
}
