import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FetchFault } from './fetch-fault.ts';
import { AllFailed, type ChunkFrom, hedgedFetch } from './hedged-fetch.ts';
import { ManualClock } from './test-support/manual-clock.ts';

const lives = new AbortController().signal;
const SILENT_MS = 750;
const SLOW_MS = 60_000;
const slowMs = (): number => SLOW_MS;

/** A source in the hands of the test. */
class Source implements ChunkFrom<string> {
  readonly from: string;
  asked = false;
  aborted = false;
  moved: (bytes: number) => void = () => undefined;
  readonly #answer = Promise.withResolvers<Buffer>();

  constructor(from: string) {
    this.from = from;
  }

  readonly fetch = (signal: AbortSignal, moved: (bytes: number) => void): Promise<Buffer> => {
    this.asked = true;
    this.moved = moved;
    signal.addEventListener('abort', () => {
      this.aborted = true;
      this.#answer.reject(signal.reason);
    });
    return this.#answer.promise;
  };

  bring(): void {
    this.#answer.resolve(Buffer.from(this.from));
  }

  fail(thrown: unknown): void {
    this.#answer.reject(thrown);
  }
}

const three = (): [Source, Source, Source] => [new Source('a'), new Source('b'), new Source('c')];
const asked = (sources: readonly Source[]): string =>
  sources.map(({ from, asked: was }) => (was ? from : '')).join('');

test('who brings bytes is left to it', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const fetching = hedgedFetch(sources, { clock, signal: lives, silentMs: SILENT_MS, slowMs });
  for (let i = 0; i < 10; i++) {
    await clock.advance(700);
    sources[0].moved(1);
  }
  assert.equal(asked(sources), 'a');
  sources[0].bring();
  const { frame, from, ms, failed } = await fetching;
  assert.deepEqual([frame.toString(), from, ms, failed], ['a', 'a', 7000, []]);
  assert.equal(clock.sleepers, 0);
});

test('after a silence the next is asked as well, and the first to finish wins', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const fetching = hedgedFetch(sources, { clock, signal: lives, silentMs: SILENT_MS, slowMs });
  sources[0].moved(0);
  await clock.advance(749);
  assert.equal(asked(sources), 'a');
  await clock.advance(1);
  assert.equal(asked(sources), 'ab');
  await clock.advance(750);
  assert.equal(asked(sources), 'abc');
  sources[2].bring();
  const { from, ms, failed } = await fetching;
  assert.deepEqual([from, ms], ['c', 1500]);
  // The first was connected, the second never; the third came.
  assert.deepEqual(failed, [
    { from: 'a', why: 'silent', thrown: null },
    { from: 'b', why: 'unreachable', thrown: null },
  ]);
  assert.deepEqual(
    sources.map(({ aborted }) => aborted),
    [true, true, true],
  );
});

test('one that was silent may come back and win; it has not failed then, and who was only slower has not either', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const fetching = hedgedFetch(sources, { clock, signal: lives, silentMs: SILENT_MS, slowMs });
  await clock.advance(800);
  sources[0].moved(10);
  sources[1].moved(10);
  sources[0].bring();
  const { from, failed } = await fetching;
  assert.deepEqual([from, failed, sources[1].aborted], ['a', [], true]);
});

test('when one fails the next is asked at once, but not while somebody brings bytes', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const fetching = hedgedFetch(sources, { clock, signal: lives, silentMs: SILENT_MS, slowMs });
  const gone = new FetchFault('gone', 'it answers 404');
  sources[0].fail(gone);
  await clock.advance(0);
  assert.equal(asked(sources), 'ab');
  await clock.advance(750);
  assert.equal(asked(sources), 'abc');
  sources[1].moved(10);
  const lost = new Error('cut off');
  sources[2].fail(lost);
  await clock.advance(5000);
  sources[1].bring();
  const { from, failed } = await fetching;
  assert.equal(from, 'b');
  assert.deepEqual(failed, [
    { from: 'a', why: 'gone', thrown: gone },
    { from: 'c', why: 'unreachable', thrown: lost },
  ]);
});

test('a failure starts nobody while an earlier one brings bytes again; who came back and is slower has not failed', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const fetching = hedgedFetch(sources, { clock, signal: lives, silentMs: SILENT_MS, slowMs });
  await clock.advance(750);
  assert.equal(asked(sources), 'ab');
  sources[0].moved(10);
  sources[1].fail(new FetchFault('busy', 'it answers 503'));
  await clock.advance(749);
  assert.equal(asked(sources), 'ab');
  await clock.advance(1);
  assert.equal(asked(sources), 'abc');
  sources[0].moved(10);
  sources[2].bring();
  const { from, failed } = await fetching;
  assert.deepEqual([from, failed.map(({ from: who, why }) => `${who} ${why}`)], ['c', ['b busy']]);
});

test('when nobody brings it: what each said, and the last one as the cause', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const fetching = hedgedFetch(sources, { clock, signal: lives, silentMs: SILENT_MS, slowMs });
  for (const [i, source] of sources.entries()) {
    await clock.advance(0);
    source.fail(new FetchFault(i === 1 ? 'busy' : 'refused', `no ${i}`));
  }
  await assert.rejects(fetching, (thrown) => {
    assert.ok(thrown instanceof AllFailed);
    assert.deepEqual(
      thrown.failed.map(({ why }) => why),
      ['refused', 'busy', 'refused'],
    );
    assert.match(thrown.message, /no 0; no 1; no 2/);
    assert.equal(thrown.cause, thrown.failed[2]?.thrown);
    return true;
  });
  assert.equal(clock.sleepers, 0);
});

test('an abort ends it, everybody is told, and nothing wakes later', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  const stop = new AbortController();
  const fetching = hedgedFetch(sources, { clock, signal: stop.signal, silentMs: SILENT_MS, slowMs });
  await clock.advance(800);
  stop.abort(new Error('cancelled'));
  await assert.rejects(fetching, /cancelled/);
  assert.deepEqual([sources[0].aborted, sources[1].aborted, asked(sources)], [true, true, 'ab']);
  await clock.advance(5000);
  assert.equal(asked(sources), 'ab');
  await assert.rejects(
    hedgedFetch(sources, { clock, signal: stop.signal, silentMs: 1, slowMs }),
    /cancelled/,
  );
});

test('who brings a byte now and then is not waited for: the others are asked, and hear of it', async () => {
  const [clock, sources] = [new ManualClock(), three()];
  let usual = SLOW_MS;
  const fetching = hedgedFetch(sources, {
    ...{ clock, signal: lives, silentMs: SILENT_MS },
    slowMs: () => usual,
  });
  const drip = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at += 500) {
      await clock.advance(500);
      sources[0].moved(1);
    }
  };
  await drip(5000);
  assert.equal(asked(sources), 'a');
  // By now it is known how long a chunk takes here.
  usual = 6000;
  await drip(1500);
  assert.equal(asked(sources), 'ab');
  sources[1].fail(new FetchFault('gone', 'it answers 404'));
  await drip(500);
  assert.equal(asked(sources), 'abc');
  sources[2].moved(10);
  sources[2].bring();
  const { from, failed } = await fetching;
  assert.deepEqual(
    [from, failed.map(({ from: who, why }) => `${who} ${why}`)],
    ['c', ['b gone', 'a silent']],
  );
});
