import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../connection/api-client.ts';

/** Looked at again after this long although no event came: progress itself is no event. */
const TICK_MS = 1_000;
/** A burst of events is one change. */
const SETTLE_MS = 150;

/**
 * Yields at once, then each time that something may have changed: an event came, or a second went by.
 * A lost event stream is opened again; until then the seconds do.
 */
export async function* pulses(api: ApiClient, signal: AbortSignal): AsyncGenerator<void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  let wake = (): void => undefined;
  const listening = listen(api, both, () => wake());
  try {
    while (true) {
      signal.throwIfAborted();
      yield;
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const tick = new AbortController();
      await Promise.race([
        changed,
        delay(TICK_MS, undefined, { signal: tick.signal }).catch(quiet),
        aborted(signal),
      ]);
      tick.abort();
      await delay(SETTLE_MS);
    }
  } finally {
    ended.abort();
    await listening;
  }
}

async function listen(api: ApiClient, signal: AbortSignal, onEvent: () => void): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const _ of api.events(null, signal)) onEvent();
    } catch {
      // Whatever is wrong with the server, the question that follows the next tick tells it.
    }
    await delay(TICK_MS, undefined, { signal }).catch(quiet);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function quiet(): void {
  // A wait that is not needed any more ends early; that is all an abort says here.
}
