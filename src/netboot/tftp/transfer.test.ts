import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TransferTerms } from './negotiate.ts';
import { MOST_RETRIES, startTransfer, stepTransfer, type TransferEffect, wireBlock } from './transfer.ts';

const terms = (blockSize: number, windowSize: number, options = false): TransferTerms => ({
  blockSize,
  windowSize,
  timeoutMs: 1000,
  accepted: new Map(options ? [['blksize', String(blockSize)]] : []),
});

/** Takes the next fate of a packet: true when it gets lost. Out of fates, everything arrives. */
type Fates = Iterator<boolean, undefined>;

/** A client as RFC 7440 describes it, on a line that loses packets. Returns what it received. */
function download(given: TransferTerms, size: number, losses: Fates): { blocks: number[]; kind: string } {
  const lost = (): boolean => losses.next().value ?? false;
  let step = startTransfer(given, size);
  const { lastBlock } = step.transfer;
  const blocks: number[] = [];
  for (let turn = 0; turn < 200_000; turn++) {
    const acks: number[] = [];
    for (const effect of step.effects) {
      if (effect.kind === 'send-options' && !lost() && blocks.length === 0) acks.push(0);
      if (effect.kind !== 'send-blocks') continue;
      let inWindow = 0;
      for (let block = effect.from; block <= effect.to; block++) {
        if (lost()) continue;
        const wire = wireBlock(block);
        if (wire === wireBlock(blocks.length + 1)) {
          blocks.push(block);
          inWindow += 1;
          if (inWindow === given.windowSize || block === lastBlock) acks.push(wire);
        } else if (acks.length === 0) acks.push(wireBlock(blocks.length)); // a gap: say what is here
      }
    }
    const heard = acks.find(() => !lost());
    step = stepTransfer(
      step.transfer,
      heard === undefined ? { kind: 'timeout' } : { kind: 'ack', block: heard },
    );
    if (step.transfer.phase === 'done' || step.transfer.phase === 'failed') break;
  }
  return { blocks, kind: step.transfer.phase };
}

test('every block arrives once and in order, whatever is lost now and then', () => {
  const job = fc.record({
    size: fc.nat(40_000),
    blockSize: fc.integer({ min: 8, max: 1450 }),
    windowSize: fc.integer({ min: 1, max: 16 }),
    options: fc.boolean(),
    losses: fc.array(fc.boolean(), { maxLength: 60 }),
  });
  fc.assert(
    fc.property(job, ({ size, blockSize, windowSize, options, losses }) => {
      // Six losses in a row make it give up, rightly; so the line is never that bad.
      const gentle = losses.map((loss, at) => loss && at % 3 !== 0);
      const result = download(terms(blockSize, windowSize, options), size, gentle.values());
      assert.equal(result.kind, 'done');
      const blocks = Math.floor(size / blockSize) + 1;
      assert.deepEqual(
        result.blocks,
        Array.from({ length: blocks }, (_, i) => i + 1),
      );
    }),
  );
});

test('block numbers wrap at 65536', () => {
  for (const windowSize of [1, 16]) {
    const size = 8 * 140_000;
    const result = download(terms(8, windowSize), size, [].values());
    assert.equal(result.kind, 'done');
    assert.equal(result.blocks.length, 140_001);
  }
});

test('no sequence of acknowledgments and timeouts makes it send past its window or twice finish', () => {
  const input = fc.oneof(
    fc.record({ kind: fc.constant('ack' as const), block: fc.integer({ min: 0, max: 0xffff }) }),
    fc.record({ kind: fc.constant('ack' as const), block: fc.nat(12) }),
    fc.constant({ kind: 'timeout' as const }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(input, { maxLength: 60 }), (windowSize, inputs) => {
      let step = startTransfer(terms(512, windowSize, true), 5000);
      const effects: TransferEffect[] = [...step.effects];
      for (const next of inputs) {
        const sentBefore = step.transfer.sent;
        step = stepTransfer(step.transfer, next);
        assert.ok(step.transfer.acknowledged <= sentBefore);
        effects.push(...step.effects);
        assert.ok(step.transfer.sent - step.transfer.acknowledged <= windowSize);
        assert.ok(step.transfer.sent <= step.transfer.lastBlock);
      }
      assert.ok(effects.filter((effect) => effect.kind === 'done' || effect.kind === 'failed').length <= 1);
    }),
  );
});

test('in lock step a repeated acknowledgment is not answered; with a window it repeats the window once', () => {
  const lockStep = startTransfer(terms(512, 1), 5000);
  const second = stepTransfer(lockStep.transfer, { kind: 'ack', block: 1 });
  assert.deepEqual(second.effects[0], { kind: 'send-blocks', from: 2, to: 2 });
  assert.deepEqual(stepTransfer(second.transfer, { kind: 'ack', block: 1 }).effects, []);

  const windowed = stepTransfer(startTransfer(terms(512, 4), 5000).transfer, { kind: 'ack', block: 4 });
  const gap = stepTransfer(windowed.transfer, { kind: 'ack', block: 4 });
  assert.deepEqual(gap.effects[0], { kind: 'send-blocks', from: 5, to: 8 });
  assert.deepEqual(stepTransfer(gap.transfer, { kind: 'ack', block: 4 }).effects, []);
});

test('an acknowledgment inside the window goes on from there', () => {
  const step = stepTransfer(startTransfer(terms(512, 4), 5000).transfer, { kind: 'ack', block: 2 });
  assert.deepEqual(step.effects[0], { kind: 'send-blocks', from: 3, to: 6 });
});

test('waiting doubles up to 8 s, then the client counts as gone', () => {
  let step = startTransfer(terms(512, 1), 100);
  const waits: number[] = [];
  while (step.transfer.phase === 'data') {
    for (const effect of step.effects) if (effect.kind === 'wait') waits.push(effect.ms);
    step = stepTransfer(step.transfer, { kind: 'timeout' });
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 8000, 8000, 8000]);
  assert.equal(waits.length, MOST_RETRIES + 1);
  assert.deepEqual(step.effects, [{ kind: 'failed', reason: 'no-answer' }]);
});

test('a file of whole blocks ends with an empty one, an empty file is one empty block', () => {
  assert.equal(startTransfer(terms(512, 1), 1024).transfer.lastBlock, 3);
  assert.equal(startTransfer(terms(512, 1), 1023).transfer.lastBlock, 2);
  assert.equal(startTransfer(terms(512, 1), 0).transfer.lastBlock, 1);
});
