import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Key } from '../console/keys.ts';
import { promptStep } from './prompt-machine.ts';
import { questionOf } from './prompt-question.ts';
import {
  firstPrompt,
  type PromptEffect,
  type PromptEvent,
  type PromptFacts,
  type PromptState,
} from './prompt-state.ts';

const facts: PromptFacts = {
  order: {
    kind: 'ask',
    images: [
      { name: 'xp', version: 3, diskBytes: 8e9, usedBytes: 2e9, createdAt: '2026-11-01T10:00:00Z' },
      { name: 'w11', version: 1, diskBytes: 64e9, usedBytes: 20e9, createdAt: '2026-11-02T10:00:00Z' },
    ],
    proposedName: 'PC-123456',
    currentName: null,
    defaultSeconds: 30,
  },
  disk: { words: 'QEMU HARDDISK /dev/sda, 500 GB' },
};
const accepted: PromptEvent = { kind: 'reply', reply: { accepted: true } };

function type(line: string): PromptEvent[] {
  const keys = Array.from(line, (char): Key => (char === '\r' ? { kind: 'enter' } : { kind: 'char', char }));
  return keys.map((key) => ({ kind: 'key', key }));
}

/** Runs events through the machine; the last state and everything that was sent out. */
function run(events: readonly PromptEvent[], from: PromptState = firstPrompt(facts)) {
  const effects: PromptEffect[] = [];
  let state = from;
  for (const event of events) {
    const next = promptStep(state, event);
    state = next.state;
    if (next.effect !== null) effects.push(next.effect);
  }
  return { state, effects, label: questionOf(state).label, refusal: state.refusal };
}

test('deploy: image, proposed name, code and the word yes', () => {
  const { state, effects } = run([
    ...type('2\r1\r\r'),
    accepted,
    ...type('ABCD-1234\r'),
    ...type('yes\r'),
    accepted,
  ]);
  assert.deepEqual(effects, [
    { kind: 'check', check: { field: 'name', value: 'PC-123456' } },
    { kind: 'answer', answer: { choice: 'deploy', image: 'xp', name: 'PC-123456', code: 'ABCD-1234' } },
  ]);
  assert.ok(state.settled);
  assert.equal(state.code, '');
});

test('capture: a new name, code and the word yes', () => {
  const { effects } = run([...type('3\rmaster-1\r'), accepted, ...type('77\ryes\r'), accepted]);
  assert.deepEqual(effects, [
    { kind: 'check', check: { field: 'new-image', value: 'master-1' } },
    { kind: 'answer', answer: { choice: 'capture', image: 'master-1', code: '77' } },
  ]);
});

test('the words in front of each answer are stable', () => {
  assert.equal(run([]).label, 'Choose 1-3:');
  assert.equal(run(type('2\r')).label, 'Image number:');
  assert.equal(run(type('2\rw11\r')).label, 'Computer name [PC-123456]:');
  assert.equal(run([...type('2\r1\r\r'), accepted]).label, "Technician's code:");
  const confirm = run([...type('2\r1\r\r'), accepted, ...type('1\r')]);
  assert.equal(confirm.label, 'Type yes to wipe QEMU HARDDISK /dev/sda, 500 GB:');
});

test('the code is never shown', () => {
  const { state } = run([...type('2\r1\r\r'), accepted, ...type('s3cret')]);
  assert.ok(!JSON.stringify(questionOf(state)).includes('s3cret'));
  assert.equal(questionOf(state).text, '******');
});

test('without a key the own disk starts after the countdown; a key stops it', () => {
  const seconds = (count: number): PromptEvent[] => Array<PromptEvent>(count).fill({ kind: 'second' });
  assert.deepEqual(run(seconds(29)).effects, []);
  assert.deepEqual(run(seconds(30)).effects, [{ kind: 'answer', answer: { choice: 'own-disk' } }]);
  assert.deepEqual(run([...type('2'), ...seconds(200)]).effects, []);
  const left = run([...type('2\r'), ...seconds(300)]);
  assert.equal(left.label, 'Choose 1-3:');
  assert.equal(left.state.secondsLeft, 30);
});

test('refusals come back to the question they are about', () => {
  const refuse = (field: 'code' | 'name' | 'image'): PromptEvent => ({
    kind: 'reply',
    reply: { accepted: false, field, message: 'No.', next: 'Again.' },
  });
  const sent = [...type('2\r1\r\r'), accepted, ...type('1\ryes\r')];
  assert.equal(run([...sent, refuse('code')]).label, "Technician's code:");
  assert.equal(run([...sent, refuse('code')]).refusal, 'No. Again.');
  assert.match(run([...sent, refuse('name')]).label, /^Computer name/);
  assert.equal(run([...sent, refuse('image')]).label, 'Image number:');
  const duplicate = run([...type('2\r1\rpc-1\r'), refuse('name')]);
  assert.match(duplicate.label, /^Computer name/);
  assert.equal(duplicate.refusal, 'No. Again.');
});

test('slips are told at once, without the server', () => {
  assert.match(run(type('9\r')).refusal ?? '', /1, 2 or 3/);
  assert.match(run(type('2\r3\r')).refusal ?? '', /no image 3/);
  assert.match(run(type('2\r1\rPC_1\r')).refusal ?? '', /underscore/);
  assert.deepEqual(run(type('2\r1\rPC_1\r')).effects, []);
  assert.match(run(type('3\ra b\r')).refusal ?? '', /cannot be the name of an image/);
  assert.match(run([...type('2\r1\r\r'), accepted, ...type('1\rno\r')]).refusal ?? '', /Nothing was done/);
});

test('without a disk nothing can be deployed, and without images neither', () => {
  const noDisk = firstPrompt({ ...facts, disk: { problem: 'This machine shows no disk at all.' } });
  assert.equal(run(type('2\r'), noDisk).refusal, 'This machine shows no disk at all.');
  const noImage = firstPrompt({ ...facts, order: { ...facts.order, images: [] } });
  assert.match(run(type('2\r'), noImage).refusal ?? '', /no image yet/);
});

test('whatever is typed and answered: no crash, and no deploy without code and the word yes', () => {
  const key = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(...'123yesYES w1xp-'.split('')).map((char) => ({ kind: 'char', char })),
    },
    { weight: 3, arbitrary: fc.constant({ kind: 'enter' }) },
    { weight: 1, arbitrary: fc.constantFrom({ kind: 'backspace' }, { kind: 'escape' }) },
  ) as fc.Arbitrary<Key>;
  const field = fc.constantFrom('code' as const, 'name' as const, 'image' as const);
  const event: fc.Arbitrary<PromptEvent> = fc.oneof(
    { weight: 4, arbitrary: key.map((one) => ({ kind: 'key' as const, key: one })) },
    { weight: 10, arbitrary: fc.constant(accepted) },
    {
      weight: 1,
      arbitrary: field.map((one) => ({
        kind: 'reply' as const,
        reply: { accepted: false as const, field: one, message: 'm', next: 'n' },
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ kind: 'second' as const }, { kind: 'trouble' as const, words: 'w' }),
    },
    // Whole right answers, so that the far end is reached often.
    { weight: 20, arbitrary: fc.constantFrom('2\r', '2\r', '3\r', '\r', 'ab\r', 'yes\r').map(type) },
  ) as fc.Arbitrary<PromptEvent>;
  let orders = 0;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (nested) => {
      let state = firstPrompt(facts);
      for (const one of nested.flat()) {
        const before = state;
        const next = promptStep(state, one);
        state = next.state;
        questionOf(state);
        if (next.effect?.kind !== 'answer' || next.effect.answer.choice === 'own-disk') continue;
        orders++;
        assert.equal(before.step, 'confirm');
        assert.equal(before.typed.trim().toLowerCase(), 'yes');
        assert.ok(next.effect.answer.code.length > 0);
        assert.notEqual(next.effect.answer.image, '');
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(orders > 0, 'the property never got as far as an order');
});
