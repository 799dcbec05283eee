/** Milliseconds since the epoch as ISO 8601, UTC; null stays null. */
export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
