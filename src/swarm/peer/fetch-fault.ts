/**
 * Why a source did not bring a chunk. `busy`: too many wait there; `too-long`: the reply is longer than a chunk can be;
 * `unclear`: the reply is none of a server of chunks.
 */
export type FetchFaultWhy = 'unreachable' | 'silent' | 'refused' | 'gone' | 'busy' | 'too-long' | 'unclear';

/** One source did not bring a chunk; another one may. */
export class FetchFault extends Error {
  readonly why: FetchFaultWhy;

  constructor(why: FetchFaultWhy, words: string, cause?: unknown) {
    super(words, cause === undefined ? undefined : { cause });
    this.name = 'FetchFault';
    this.why = why;
  }
}
