import { MimeoError } from '../../errors.ts';

/**
 * iPXE reads a script line by line, splits a line at blanks, takes `||`, `&&` and `;` as the end of a command
 * when they stand alone and `#` as a comment when it begins a word, and expands `${…}` [iPXE exec.c]. It has
 * no quoting. So every value that we put into a script goes through one of these functions first.
 */

/** Text for the screen: printable ASCII without anything that iPXE could take for more than text. */
export function screenText(text: string, longest = 200): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain
    .replace(/ß/g, 'ss')
    .replace(/[^A-Za-z0-9 .,:!?()'/_@+=*-]/g, '?')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, longest);
}

/**
 * An absolute http URL that is safe in a script. Whatever is not one of the URL's plain characters is
 * percent-encoded: what iPXE sends as a query (`Standard PC (Q35 + ICH9)`) may come back as a URL to ask again.
 *
 * @throws MimeoError `netboot-text` for anything that is no http URL.
 */
export function scriptUrl(url: string): string {
  if (!URL.canParse(url) || !/^http:\/\/[A-Za-z0-9]/.test(url)) {
    throw new MimeoError(
      'netboot-text',
      `${JSON.stringify(url.slice(0, 200))} is no http address for a boot script.`,
    );
  }
  return url.replace(/[^A-Za-z0-9:/?=&._~%+@,[\]-]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}

/**
 * A kernel command line as it was given: words of printable ASCII between single blanks.
 *
 * @throws MimeoError `netboot-text` when a word would mean something to iPXE, or the line is longer than the
 * 2047 bytes a kernel takes.
 */
export function kernelCommandLine(line: string): string {
  const words = line.split(' ').filter((word) => word !== '');
  const bad = words.find(
    (word) =>
      !/^[\x21-\x7e]+$/.test(word) ||
      word.includes('${') ||
      word.startsWith('#') ||
      /^(\|\||&&|;)$/.test(word),
  );
  if (bad !== undefined) {
    throw new MimeoError('netboot-text', `${JSON.stringify(bad)} cannot be in a kernel command line.`);
  }
  const joined = words.join(' ');
  if (joined.length > 2047) {
    throw new MimeoError(
      'netboot-text',
      `The kernel command line has ${joined.length} characters; at most 2047 fit.`,
    );
  }
  return joined;
}

/** The place where iPXE puts in the value of one of its settings. */
export function setting(name: string): string {
  return `$\{${name}}`;
}

/** The lines of a script as iPXE wants them. */
export function script(lines: readonly string[]): string {
  return `#!ipxe\n${lines.join('\n')}\n`;
}
