/**
 * Whether a word fits a pattern in which `*` stands for any text and `?` for one character; case says nothing. Goes
 * back to the last `*` only, so that the time is at most the product of both lengths.
 */
export function fitsWildcard(pattern: string, word: string): boolean {
  const wanted = pattern.toLowerCase().split('');
  const letters = word.toLowerCase().split('');
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let here = 0; here < letters.length; ) {
    if (wanted[at] === '*') {
      star = at;
      at += 1;
      resume = here;
    } else if (wanted[at] === '?' || wanted[at] === letters[here]) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      here = resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

export function fitsAny(patterns: readonly string[], word: string): boolean {
  return patterns.some((pattern) => fitsWildcard(pattern, word));
}

/** Names are compared without case everywhere in the profiles. */
export function keyOf(name: string): string {
  return name.toLowerCase();
}
