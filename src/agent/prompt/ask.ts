import { type Clock, systemClock } from '../../clock.ts';
import { toMimeoError } from '../../errors.ts';
import type { AnswerReply, AnswerRequest } from '../../protocol/index.ts';
import type { HostConsole } from '../console/host-console.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import { promptStep } from './prompt-machine.ts';
import { questionOf } from './prompt-question.ts';
import { firstPrompt, type PromptEffect, type PromptEvent, type PromptFacts } from './prompt-state.ts';

export interface AskParts {
  readonly link: Pick<ServerLink, 'answer' | 'checkAnswer'>;
  readonly console: Pick<HostConsole, 'scene' | 'takeKeys'>;
  readonly clock?: Clock;
}

/** How long the server may take to hear that the own disk was chosen. */
const OWN_DISK_MS = 15_000;

/**
 * Asks at the host's own screen what to do, until the server took an answer.
 *
 * @returns the choice that was taken; after `own-disk` the machine restarts, else the server has work for it
 * @throws the signal's reason when it is aborted meanwhile
 */
export async function ask(
  facts: PromptFacts,
  parts: AskParts,
  signal: AbortSignal,
): Promise<AnswerRequest['choice']> {
  signal.throwIfAborted();
  const clock = parts.clock ?? systemClock;
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  return await new Promise<AnswerRequest['choice']>((resolve, reject) => {
    let state = firstPrompt(facts);
    let choice: AnswerRequest['choice'] = 'own-disk';
    const handle = (event: PromptEvent): void => {
      const next = promptStep(state, event);
      state = next.state;
      if (state.settled) {
        resolve(choice);
        return;
      }
      parts.console.scene({ kind: 'asking', question: questionOf(state) });
      if (next.effect?.kind === 'answer') choice = next.effect.answer.choice;
      if (next.effect !== null) void send(next.effect).then(handle);
    };
    const send = (effect: PromptEffect): Promise<PromptEvent> =>
      (effect.kind === 'check'
        ? parts.link.checkAnswer(effect.check, signal)
        : effect.answer.choice === 'own-disk'
          ? sayOwnDisk(parts.link, clock, over)
          : parts.link.answer(effect.answer, signal)
      ).then(
        (reply) => ({ kind: 'reply', reply }),
        (thrown) => ({ kind: 'trouble', words: toMimeoError(thrown).message }),
      );
    const tick = async (): Promise<void> => {
      while (!over.aborted) {
        await clock.delay(1000, over);
        handle({ kind: 'second' });
      }
    };
    const letGo = parts.console.takeKeys((key) => handle({ kind: 'key', key }));
    const end = (): void => {
      letGo();
      // After an answer this says nothing any more.
      reject(over.reason);
    };
    over.addEventListener('abort', end, { once: true });
    tick().catch(reject);
    parts.console.scene({ kind: 'asking', question: questionOf(state) });
  }).finally(() => ended.abort());
}

/** The own disk starts whether or not the server is there to be told: nobody may have to wait for it. */
async function sayOwnDisk(link: AskParts['link'], clock: Clock, signal: AbortSignal): Promise<AnswerReply> {
  const answered = link.answer({ choice: 'own-disk' }, signal).catch(() => undefined);
  await Promise.race([answered, clock.delay(OWN_DISK_MS, signal)]);
  return { accepted: true };
}
