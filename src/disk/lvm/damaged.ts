import { MimeoError } from '../../errors.ts';

/** What is wrong with a physical volume of LVM, as an error. */
export function damaged(words: string): MimeoError {
  return new MimeoError('volume-damaged', `The LVM cannot be understood: ${words}.`);
}
