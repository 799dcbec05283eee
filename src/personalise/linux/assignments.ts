/**
 * Files of `KEY=value` lines as the shell and systemd read them (/etc/default/*, locale.conf, vconsole.conf, ifcfg-*).
 * All other lines, comments and quotes stay as they are.
 */

/** The value of the last line that sets a key, without its quotes; null when none does. */
export function readAssignment(text: string, key: string): string | null {
  const found = text.split('\n').flatMap((line) => {
    const match = assignment(line);
    return match?.key === key ? [match.value] : [];
  });
  return found.at(-1) ?? null;
}

/** The text with this value for a key: in its last line that sets it, or in a new line at the end. */
export function writeAssignment(text: string, key: string, value: string): string {
  const lines = text.split('\n');
  const at = lines.findLastIndex((line) => assignment(line)?.key === key);
  const found = assignment(lines[at] ?? '');
  if (found === null)
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${key}=${quoted(value, '')}\n`;
  if (found.value === value) return text;
  return lines.with(at, `${found.head}${quoted(value, found.quote)}${found.tail}`).join('\n');
}

/** The text without the lines that set one of these keys. */
export function dropAssignments(text: string, keys: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => !keys.includes(assignment(line)?.key ?? ''))
    .join('\n');
}

interface Assignment {
  readonly head: string;
  readonly key: string;
  readonly quote: '' | '"' | "'";
  readonly value: string;
  readonly tail: string;
}

function assignment(line: string): Assignment | null {
  const match = /^(\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=)(?:"([^"]*)"|'([^']*)'|([^\s"'#]*))(.*)$/.exec(
    line,
  );
  if (match === null) return null;
  const [, head = '', key = '', double, single, bare = '', tail = ''] = match;
  const quote = double === undefined ? (single === undefined ? '' : "'") : '"';
  return { head, key, quote, value: double ?? single ?? bare, tail };
}

/** Values of ours are names of locales, layouts and hosts: none holds a quote. */
function quoted(value: string, quote: Assignment['quote']): string {
  const needed = quote === '' && !/^[\w.,@:/+-]*$/.test(value) ? '"' : quote;
  return `${needed}${value}${needed}`;
}
