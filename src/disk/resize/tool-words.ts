/** The last lines of what a tool said, as one line: that is where it says what is wrong. */
export function lastLines(words: string, count = 3): string {
  return words
    .trim()
    .split(/\s*\n\s*/)
    .slice(-count)
    .join(' ');
}
