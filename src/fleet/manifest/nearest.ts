/** The known word that a mistyped one most probably means: at most two slips away, or the same but for case or ending. */
export function nearest(word: string, known: ReadonlySet<string>): string | null {
  const folded = fold(word);
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = fold(candidate) === folded ? 0 : slips(folded, fold(candidate));
    if (distance <= 2 && distance < folded.length && (best === null || distance < best.distance)) {
      best = { word: candidate, distance };
    }
  }
  return best?.word ?? null;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/\.[a-z0-9]{1,5}$/, '');
}

/** Edit distance (Levenshtein), row by row. */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [row, letter] of a.split('').entries()) {
    const current = [row + 1];
    for (const [column, other] of b.split('').entries()) {
      current.push(
        Math.min(
          (above[column] ?? 0) + (letter === other ? 0 : 1),
          (above[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
        ),
      );
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
