import type { Failure, Progress } from '../../protocol/index.ts';

/** What stands on the host's screen, as data; every renderer draws from this alone. */
export interface ConsoleState {
  readonly host: {
    readonly name: string | null;
    readonly lab: string | null;
    /** How to tell a machine that has no name yet: its MAC. */
    readonly hint: string;
  };
  /** Host and port of the server. */
  readonly server: string;
  /** Set while the server does not answer. */
  readonly trouble: { readonly seconds: number; readonly words: string } | null;
  readonly scene: Scene;
}

export type Scene =
  | { readonly kind: 'starting' }
  | { readonly kind: 'waiting'; readonly words: string }
  | { readonly kind: 'asking'; readonly question: Question }
  | {
      readonly kind: 'working';
      readonly task: 'deploy' | 'capture';
      readonly image: string;
      readonly progress: Progress | null;
      readonly cancel: CancelWish;
    }
  | {
      readonly kind: 'done';
      readonly words: string;
      readonly warnings: readonly string[];
      readonly after: string;
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly after: string }
  | { readonly kind: 'cancelled'; readonly words: string; readonly after: string }
  | { readonly kind: 'leaving'; readonly words: string };

/** Whether somebody wants the running task to stop: not, asked once and to be confirmed, or on its way. */
export type CancelWish = 'no' | 'confirm' | 'stopping';

/** One question of the prompt as the renderers need it. */
export interface Question {
  /** Changes when another question is asked, so that a line terminal knows to print it anew. */
  readonly id: string;
  readonly title: string;
  readonly lines: readonly string[];
  /** Stable words in front of the answer, `Choose 1-3:`. */
  readonly label: string;
  /** What was typed so far, already masked where it is secret. */
  readonly text: string;
  /** Why the last answer was not taken. */
  readonly refusal: string | null;
  /** Seconds until the default is taken. */
  readonly countdown: number | null;
}

/** The state before the first word with the server. */
export function firstState(server: string, hint: string): ConsoleState {
  return { host: { name: null, lab: null, hint }, server, trouble: null, scene: { kind: 'starting' } };
}

/** The name in large letters; for a machine without one, what it can be told by. */
export function hostTitle(state: ConsoleState): string {
  return state.host.name ?? state.host.hint;
}
