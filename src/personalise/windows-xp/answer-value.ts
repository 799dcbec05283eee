import { MimeoError } from '../../errors.ts';

/** A value as it has to be written in an answer file. */
export interface AnswerValue {
  readonly value: string;
  /** Whether it needs its quotes. */
  readonly quoted: boolean;
}

/**
 * Writes a value so that all programs of Windows that read an answer file read the same. There are two: with
 * GetPrivateProfileString, which takes off one pair of quotes and reads the rest as it is; and with setup's INF
 * functions, to which `;` begins a comment, `,` ends the value, a backslash at the end continues the line, `%name%` is
 * replaced, `%%` is one `%`, and within quotes only `""` (one quotation mark) and the percent signs mean anything. In
 * quotes, without quotation marks and with one `%` at most, a value is the same to both. Sources: Microsoft's "General
 * Syntax Rules for INF Files" and GetPrivateProfileString, and
 * its "Answer File Format" (blanks want quotes); what SetupGetStringField does on Windows as recorded in the
 * conformance tests of Wine.
 *
 * @param what names the value in an error, which never shows it: it may be a secret
 * @throws MimeoError `personalise-order` for a value that cannot be written
 */
export function answerValue(what: string, value: string): AnswerValue {
  const refuse = (why: string): never => {
    throw new MimeoError(
      'personalise-order',
      `${what} ${why}, which cannot be written in sysprep.inf so that every part of Windows reads it.`,
    );
  };
  if (/\p{Cc}/u.test(value)) refuse('contains a line break or another control character');
  if (value.includes('"')) refuse('contains a quotation mark');
  if (value.split('%').length > 2) refuse('contains more than one percent sign');
  return {
    value,
    quoted: !/^(?:[A-Za-z0-9*](?:[A-Za-z0-9._:@#&()+/\\-]*[A-Za-z0-9._:@#&()+/-])?)?$/.test(value),
  };
}

/** The text of a value that has to stand in quotes or, by what it contains, may stand without. */
export function writtenAnswer({ value, quoted }: AnswerValue, always: boolean): string {
  return quoted || always ? `"${value}"` : value;
}
