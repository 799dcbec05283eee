/**
 * Why a source did not bring a chunk. `busy`: too many wait there; `too-long`: the reply is longer than a chunk can be.
 */
export type FetchFaultWhy = 'unreachable' | 'silent' | 'refused' | 'gone' | 'busy' | 'too-long';

/** One source did not bring a chunk; another one may. */
export class FetchFault extends Error {
  readonly why: FetchFaultWhy;

  constructor(why: FetchFaultWhy, words: string, cause?: unknown) {
    super(words, cause === undefined ? undefined : { cause });
    this.name = 'FetchFault';
    this.why = why;
  }
}
