import type { AnswerCheck, AnswerReply, AnswerRequest, AskOrder } from '../../protocol/index.ts';
import type { Key } from '../console/keys.ts';

/** What the question is about, fixed while it is asked. */
export interface PromptFacts {
  readonly order: AskOrder;
  /** The disk that would be wiped or read, in words; or why there is none to speak of. */
  readonly disk: { readonly words: string } | { readonly problem: string };
}

export type Step = 'menu' | 'image' | 'name' | 'new-image' | 'code' | 'confirm';

export interface PromptState {
  readonly facts: PromptFacts;
  readonly step: Step;
  /** Counts the questions put so far. */
  readonly asked: number;
  readonly choice: 'deploy' | 'capture';
  readonly image: string;
  readonly name: string;
  readonly code: string;
  /** The line being typed. */
  readonly typed: string;
  readonly refusal: string | null;
  /** Seconds until the own disk is started; null once a key was pressed. */
  readonly secondsLeft: number | null;
  /** Seconds without a key. */
  readonly quietSeconds: number;
  /** What was sent to the server and is not answered yet; keys do nothing meanwhile. */
  readonly pending: 'check' | 'answer' | null;
  readonly settled: boolean;
}

export type PromptEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'second' }
  | { readonly kind: 'reply'; readonly reply: AnswerReply }
  /** The server refused to hear the check or answer at all. */
  | { readonly kind: 'trouble'; readonly words: string };

export type PromptEffect =
  | { readonly kind: 'check'; readonly check: AnswerCheck }
  | { readonly kind: 'answer'; readonly answer: AnswerRequest };

export interface PromptStep {
  readonly state: PromptState;
  readonly effect: PromptEffect | null;
}

/** The name that an empty line stands for; '' when there is none. */
export function proposalOf(state: PromptState): string {
  return state.facts.order.currentName ?? state.facts.order.proposedName;
}

/** The menu with its countdown, as asked first. */
export function firstPrompt(facts: PromptFacts): PromptState {
  return {
    facts,
    step: 'menu',
    asked: 1,
    choice: 'deploy',
    image: '',
    name: '',
    code: '',
    typed: '',
    refusal: null,
    secondsLeft: facts.order.defaultSeconds,
    quietSeconds: 0,
    pending: null,
    settled: false,
  };
}
