/** NetworkManager's files of `[section]` and `key=value` lines (nm-settings-keyfile(5)). */

/** The value of a key; null when it is not set. */
export function readKeyfile(text: string, section: string, key: string): string | null {
  let found: string | null = null;
  eachEntry(text, (entry) => {
    if (entry.section === section && entry.key === key) found = entry.value;
    return true;
  });
  return found;
}

/** The text without the lines that a rule names; all others stay as they are. */
export function dropKeyfileEntries(
  text: string,
  drop: (section: string, key: string, value: string) => boolean,
): string {
  return eachEntry(text, ({ section, key, value }) => !drop(section, key, value));
}

interface KeyfileEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

function eachEntry(text: string, keep: (entry: KeyfileEntry) => boolean): string {
  let section = '';
  return text
    .split('\n')
    .filter((line) => {
      const heading = /^\s*\[([^\]]+)\]\s*$/.exec(line);
      if (heading !== null) section = heading[1] ?? '';
      const [, key = '', value = ''] = /^\s*([A-Za-z0-9.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return heading !== null || key === '' || keep({ section, key, value });
    })
    .join('\n');
}
