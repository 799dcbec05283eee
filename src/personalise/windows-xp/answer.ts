import { answerValue, writtenAnswer } from './answer-value.ts';
import { readIni, removeIniKeys, writeIniAs } from './ini.ts';

/** What one key of sysprep.inf has to say. */
export interface Answer {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** Null takes the key out. */
  readonly written: string | null;
  /** Whether what stands there says the same in another form, so that it may stay: `TimeZone=020`. */
  readonly sameAs: (found: string) => boolean;
}

/** Answers of one field, and what is to be said of them. */
export interface Answers {
  readonly answers: readonly Answer[];
  readonly warnings: readonly string[];
}

export const NO_ANSWERS: Answers = { answers: [], warnings: [] };

/**
 * @param what names the value in an error; a secret is never shown
 * @throws MimeoError `personalise-order` for a value that no answer file can carry
 */
export function textAnswer(
  section: string,
  key: string,
  value: string,
  what: string,
  options: { readonly alwaysQuoted?: boolean } = {},
): Answer {
  const safe = answerValue(what, value);
  const written = writtenAnswer(safe, options.alwaysQuoted === true);
  return {
    section,
    key,
    value,
    written,
    sameAs: (found) => found === value && (!safe.quoted || value === ''),
  };
}

/** A word or number of Windows' own, `Yes`, `110`; case and leading zeros of what is there do not matter. */
export function wordAnswer(section: string, key: string, value: string): Answer {
  return { section, key, value, written: value, sameAs: (found) => plain(found) === plain(value) };
}

/** A language identifier in hex, `00000407`. */
export function hexAnswer(section: string, key: string, value: number): Answer {
  const written = value.toString(16).padStart(8, '0');
  return {
    section,
    key,
    value: written,
    written,
    sameAs: (found) => /^[0-9a-f]+$/i.test(found) && Number.parseInt(found, 16) === value,
  };
}

/** A list that is written as it is, its inner quotes included. */
export function listAnswer(section: string, key: string, written: string): Answer {
  return { section, key, value: written, written, sameAs: () => false };
}

/** Takes keys out that would speak against an answer. */
export function noAnswers(section: string, keys: readonly string[]): Answer[] {
  return keys.map((key) => ({ section, key, value: '', written: null, sameAs: () => false }));
}

/** Whether nothing has to be written for an answer. */
export function isAnswered(text: string, answer: Answer): boolean {
  const found = readIni(text, answer.section, answer.key);
  if (answer.written === null) return removeIniKeys(text, answer.section, [answer.key]) === text;
  if (found === null) return false;
  if (found.written === answer.written || found.written === `"${answer.value}"`) return true;
  return answer.sameAs(found.value);
}

/** sysprep.inf with an answer in it; what says the same already stays as it is, byte for byte. */
export function writeAnswer(text: string, answer: Answer): string {
  if (isAnswered(text, answer)) return text;
  const { section, key, value, written } = answer;
  if (written === null) return removeIniKeys(text, section, [key]);
  const found = readIni(text, section, key);
  const wasQuoted = found !== null && found.written === `"${found.value}"` && !written.includes('"');
  return writeIniAs(text, section, key, wasQuoted ? `"${value}"` : written);
}

function plain(word: string): string {
  return word.toLowerCase().replace(/^0+(?=\d)/, '');
}
