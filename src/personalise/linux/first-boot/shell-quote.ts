import { MimeoError } from '../../../errors.ts';

/**
 * A text as one word of a POSIX shell, whatever is in it.
 *
 * @throws MimeoError `personalise-order` for a NUL, which no shell can hold
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) {
    throw new MimeoError(
      'personalise-order',
      `${JSON.stringify(text)} holds a NUL, which no command can hold.`,
    );
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
