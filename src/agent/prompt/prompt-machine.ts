import { nameProblem } from '../../fleet/index.ts';
import { imageNameFault } from '../../image/index.ts';
import type { AnswerCheck, AnswerReply, AnswerRequest } from '../../protocol/index.ts';
import type { Key } from '../console/keys.ts';
import {
  firstPrompt,
  type PromptEvent,
  type PromptState,
  type PromptStep,
  proposalOf,
  type Step,
} from './prompt-state.ts';

/** A machine left alone in the middle of a question goes back to the menu, and from there to its own disk. */
const QUIET_SECONDS = 300;
const MOST_TYPED = 40;

/** The unknown machine's question as a pure state machine: one event in, the next state and what to send out. */
export function promptStep(state: PromptState, event: PromptEvent): PromptStep {
  if (state.settled) return { state, effect: null };
  switch (event.kind) {
    case 'second':
      return second(state);
    case 'reply':
      return state.pending === null ? { state, effect: null } : replied(state, event.reply);
    case 'trouble':
      return { state: ask({ ...state, pending: null }, state.step, event.words), effect: null };
    case 'key':
      return state.pending === null ? key(state, event.key) : { state, effect: null };
  }
}

function second(state: PromptState): PromptStep {
  if (state.pending !== null) return { state, effect: null };
  if (state.secondsLeft === null) {
    const quietSeconds = state.quietSeconds + 1;
    if (quietSeconds < QUIET_SECONDS) return { state: { ...state, quietSeconds }, effect: null };
    return { state: { ...firstPrompt(state.facts), asked: state.asked + 1 }, effect: null };
  }
  if (state.secondsLeft > 1) {
    return { state: { ...state, secondsLeft: state.secondsLeft - 1 }, effect: null };
  }
  return answer({ ...state, secondsLeft: null }, { choice: 'own-disk' });
}

function key(before: PromptState, pressed: Key): PromptStep {
  const state = { ...before, secondsLeft: null, quietSeconds: 0 };
  switch (pressed.kind) {
    case 'char':
      if (state.typed.length >= MOST_TYPED) return { state, effect: null };
      return { state: { ...state, typed: state.typed + pressed.char }, effect: null };
    case 'backspace':
      return { state: { ...state, typed: state.typed.slice(0, -1) }, effect: null };
    case 'escape':
      return { state: ask(state, BACK[state.step](state), null), effect: null };
    case 'enter':
      return ENTER[state.step](state, state.typed.trim());
  }
}

const BACK: Readonly<Record<Step, (state: PromptState) => Step>> = {
  menu: () => 'menu',
  image: () => 'menu',
  name: () => 'image',
  'new-image': () => 'menu',
  code: (state) => (state.choice === 'deploy' ? 'name' : 'new-image'),
  confirm: () => 'code',
};

const ENTER: Readonly<Record<Step, (state: PromptState, line: string) => PromptStep>> = {
  menu(state, line) {
    if (line === '1') return answer(state, { choice: 'own-disk' });
    if (line !== '2' && line !== '3') return refuse(state, 'Please type 1, 2 or 3 and press Enter.');
    if ('problem' in state.facts.disk) return refuse(state, state.facts.disk.problem);
    if (line === '3') return go({ ...state, choice: 'capture' }, 'new-image');
    if (state.facts.order.images.length === 0) {
      return refuse(state, 'The server has no image yet. Capture one first (3).');
    }
    return go({ ...state, choice: 'deploy' }, 'image');
  },
  image(state, line) {
    const { images } = state.facts.order;
    const byNumber = /^\d+$/.test(line) ? images[Number(line) - 1] : undefined;
    const image = images.find(({ name }) => name.toLowerCase() === line.toLowerCase()) ?? byNumber;
    if (image === undefined) {
      return refuse(
        state,
        `${line === '' ? '' : `There is no image ${line}. `}Please type a number of the list.`,
      );
    }
    return go({ ...state, image: image.name }, 'name');
  },
  name(state, line) {
    const name = line === '' ? proposalOf(state) : line;
    const problem = nameProblem(name);
    if (problem !== null) return refuse(state, `${name === '' ? 'The name' : name} ${problem}.`);
    return check({ ...state, name }, { field: 'name', value: name });
  },
  'new-image'(state, line) {
    const fault = imageNameFault(line);
    if (fault !== null) return refuse(state, `${line} cannot be the name of an image: ${fault}.`);
    return check({ ...state, image: line }, { field: 'new-image', value: line });
  },
  code(state, line) {
    if (line === '')
      return refuse(state, 'A code is needed: the command `mimeo code` on the server shows one.');
    return go({ ...state, code: line }, 'confirm');
  },
  confirm(state, line) {
    if (line.toLowerCase() !== 'yes')
      return refuse(state, 'Nothing was done. Type yes, or press Esc to go back.');
    const { choice, image, name, code } = state;
    return answer(state, choice === 'deploy' ? { choice, image, name, code } : { choice, image, code });
  },
};

function replied(state: PromptState, reply: AnswerReply): PromptStep {
  const open = { ...state, pending: null };
  if (reply.accepted) {
    if (state.pending === 'check') return go(open, 'code');
    return { state: { ...open, settled: true, code: '', typed: '' }, effect: null };
  }
  const words = `${reply.message} ${reply.next}`;
  if (state.pending === 'check') return refuse(open, words);
  const back = {
    name: 'name',
    image: state.choice === 'deploy' ? 'image' : 'new-image',
    code: 'code',
  } as const;
  return { state: ask({ ...open, code: '' }, back[reply.field], words), effect: null };
}

function ask(state: PromptState, step: Step, refusal: string | null): PromptState {
  return { ...state, step, refusal, typed: '', asked: state.asked + 1 };
}

function go(state: PromptState, step: Step): PromptStep {
  return { state: ask(state, step, null), effect: null };
}

function refuse(state: PromptState, words: string): PromptStep {
  return { state: ask(state, state.step, words), effect: null };
}

function check(state: PromptState, question: AnswerCheck): PromptStep {
  return { state: { ...state, pending: 'check' }, effect: { kind: 'check', check: question } };
}

function answer(state: PromptState, words: AnswerRequest): PromptStep {
  return { state: { ...state, pending: 'answer' }, effect: { kind: 'answer', answer: words } };
}
