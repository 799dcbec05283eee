import type { ChunkProgress } from '../store/index.ts';
import type { StoreOutcome, StoreWish } from './store-work.ts';

/** In whose name the server does by itself what is due. */
export const ITSELF = 'the server itself';

/** One piece of work on the whole store, as people see it. */
export interface StoreJob {
  readonly id: string;
  readonly wish: StoreWish;
  readonly by: string;
  readonly status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly progress: ChunkProgress | null;
  readonly outcome: StoreOutcome | null;
  readonly failure: { readonly code: string; readonly message: string; readonly next: string } | null;
}

/** "Scrub of the store" */
export function workWords(wish: StoreWish): string {
  switch (wish.kind) {
    case 'gc':
      return 'Garbage collection';
    case 'scrub':
      return 'Scrub of the store';
    case 'verify':
      return `Verification of ${wish.image}@${wish.version}`;
  }
}

export function isOpen({ status }: StoreJob): boolean {
  return status === 'waiting' || status === 'running';
}

/** Two scrubs at different rates are one scrub. */
export function sameWish(a: StoreWish, b: StoreWish): boolean {
  if (a.kind === 'scrub') return b.kind === 'scrub';
  return JSON.stringify(a) === JSON.stringify(b);
}
