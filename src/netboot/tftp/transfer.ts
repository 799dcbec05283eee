import type { TransferTerms } from './negotiate.ts';

/** How often the same thing is sent again before the client counts as gone. */
export const MOST_RETRIES = 6;
/** Waiting doubles with every repeat, up to this many ms. */
const LONGEST_WAIT_MS = 8000;

/** One file on its way to one client. Block numbers here are whole numbers from 1; on the wire they wrap at 65536. */
export interface Transfer {
  readonly terms: TransferTerms;
  /** The last block: the one that is shorter than the others, possibly empty. */
  readonly lastBlock: number;
  /** `options`: the OACK waits for its acknowledgment, block 0. */
  readonly phase: 'options' | 'data' | 'done' | 'failed';
  /** Every block up to this one has arrived. */
  readonly acknowledged: number;
  /** The last block sent so far. */
  readonly sent: number;
  readonly retries: number;
  /** Repeats in all, for the timeline. */
  readonly repeats: number;
  /** Whether a repeated acknowledgment already made us send this window again. */
  readonly resent: boolean;
}

export type TransferInput = { readonly kind: 'ack'; readonly block: number } | { readonly kind: 'timeout' };

/** What the owner of the socket and the timer has to do, in this order. */
export type TransferEffect =
  | { readonly kind: 'send-options' }
  /** Send the blocks `from` to `to`, both included. */
  | { readonly kind: 'send-blocks'; readonly from: number; readonly to: number }
  /** Start the timer anew. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: 'no-answer' };

export interface TransferStep {
  readonly transfer: Transfer;
  readonly effects: readonly TransferEffect[];
}

/** Begins a transfer of `fileSize` bytes on the agreed terms. */
export function startTransfer(terms: TransferTerms, fileSize: number): TransferStep {
  const lastBlock = Math.floor(fileSize / terms.blockSize) + 1;
  const transfer: Transfer = {
    terms,
    lastBlock,
    phase: 'options',
    acknowledged: 0,
    sent: 0,
    retries: 0,
    repeats: 0,
    resent: false,
  };
  if (terms.accepted.size === 0) return sendWindow({ ...transfer, phase: 'data' });
  return { transfer, effects: [{ kind: 'send-options' }, { kind: 'wait', ms: terms.timeoutMs }] };
}

/** The next state and what to do for it; a finished transfer answers everything with nothing. */
export function stepTransfer(transfer: Transfer, input: TransferInput): TransferStep {
  if (transfer.phase === 'done' || transfer.phase === 'failed') return { transfer, effects: [] };
  return input.kind === 'timeout' ? timedOut(transfer) : acknowledged(transfer, input.block);
}

/** The number that stands for a block on the wire. */
export function wireBlock(block: number): number {
  return block & 0xffff;
}

function acknowledged(transfer: Transfer, wire: number): TransferStep {
  if (transfer.phase === 'options') {
    return wire === 0 ? sendWindow({ ...transfer, phase: 'data', retries: 0 }) : { transfer, effects: [] };
  }
  // The acknowledged block lies between the last one known and the last one sent, whatever has wrapped.
  const block = transfer.acknowledged + ((wire - wireBlock(transfer.acknowledged)) & 0xffff);
  if (block > transfer.sent) return { transfer, effects: [] };
  if (block === transfer.acknowledged) return repeatedAck(transfer);
  if (block === transfer.lastBlock) {
    return { transfer: { ...transfer, phase: 'done', acknowledged: block }, effects: [{ kind: 'done' }] };
  }
  return sendWindow({ ...transfer, acknowledged: block, retries: 0, resent: false });
}

/**
 * The client repeats its last acknowledgment. In lock step that is a late duplicate, and answering it would
 * double every packet from here on [RFC 1123, 4.2.3.1]. With a window it reports a gap at its beginning
 * [RFC 7440]: the window goes out once more, but only once.
 */
function repeatedAck(transfer: Transfer): TransferStep {
  if (transfer.terms.windowSize === 1 || transfer.resent) return { transfer, effects: [] };
  return sendWindow({ ...transfer, resent: true, repeats: transfer.repeats + 1 });
}

function timedOut(transfer: Transfer): TransferStep {
  if (transfer.retries >= MOST_RETRIES) {
    return { transfer: { ...transfer, phase: 'failed' }, effects: [{ kind: 'failed', reason: 'no-answer' }] };
  }
  const again = { ...transfer, retries: transfer.retries + 1, repeats: transfer.repeats + 1, resent: false };
  if (transfer.phase === 'data') return sendWindow(again);
  return { transfer: again, effects: [{ kind: 'send-options' }, { kind: 'wait', ms: waitOf(again) }] };
}

function sendWindow(transfer: Transfer): TransferStep {
  const from = transfer.acknowledged + 1;
  const to = Math.min(transfer.lastBlock, transfer.acknowledged + transfer.terms.windowSize);
  return {
    transfer: { ...transfer, sent: to },
    effects: [
      { kind: 'send-blocks', from, to },
      { kind: 'wait', ms: waitOf(transfer) },
    ],
  };
}

function waitOf(transfer: Transfer): number {
  return Math.max(
    transfer.terms.timeoutMs,
    Math.min(LONGEST_WAIT_MS, transfer.terms.timeoutMs * 2 ** transfer.retries),
  );
}
