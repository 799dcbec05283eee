import fc from 'fast-check';

/** Any chunk id. */
export const chunkId = (): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));

/** The id of a numbered chunk. */
export const idOf = (number: number): string => number.toString(16).padStart(64, '0');
