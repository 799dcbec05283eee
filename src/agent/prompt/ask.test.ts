import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../clock.ts';
import { MimeoError } from '../../errors.ts';
import type { Key } from '../console/keys.ts';
import type { Scene } from '../console/state.ts';
import { type AskParts, ask } from './ask.ts';
import type { PromptFacts } from './prompt-state.ts';

const facts: PromptFacts = {
  order: { kind: 'ask', images: [], proposedName: '', currentName: null, defaultSeconds: 30 },
  disk: { words: 'the disk' },
};

/** A clock on which seconds never pass and longer waits are over at once. */
const clock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  delay: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (ms > 1000) resolve();
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};

function partsWith(link: AskParts['link']) {
  const scenes: Scene[] = [];
  let press: (key: Key) => void = () => undefined;
  const parts: AskParts = {
    link,
    clock,
    console: {
      scene: (scene) => void scenes.push(scene),
      takeKeys: (onKey) => {
        press = onKey;
        return () => undefined;
      },
    },
  };
  const type = (line: string): void => {
    for (const char of line) press({ kind: 'char', char });
    press({ kind: 'enter' });
  };
  return { parts, scenes, type };
}

test('the own disk starts although the server cannot be told', async () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const { parts, type } = partsWith({ answer: never, checkAnswer: never });
  const choice = ask(facts, parts, new AbortController().signal);
  type('1');
  assert.equal(await choice, 'own-disk');
});

test('an agent that is to stop asks nothing', async () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const { parts, scenes } = partsWith({ answer: never, checkAnswer: never });
  await assert.rejects(ask(facts, parts, AbortSignal.abort(new Error('SIGTERM'))), /SIGTERM/);
  assert.deepEqual(scenes, []);
});

test('a call that the server refuses is told and the question stays', async () => {
  const refuse = async (): Promise<never> => {
    throw new MimeoError('server-refused', 'You may not.');
  };
  const { parts, scenes, type } = partsWith({ answer: refuse, checkAnswer: refuse });
  const stop = new AbortController();
  const asked = ask(facts, parts, stop.signal);
  type('3');
  type('master');
  await new Promise(setImmediate);
  const last = scenes.at(-1);
  assert.equal(last?.kind === 'asking' && last.question.refusal, 'You may not.');
  stop.abort(new Error('SIGTERM'));
  await assert.rejects(asked, /SIGTERM/);
});
