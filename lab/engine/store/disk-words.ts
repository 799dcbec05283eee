const SAID =
  /^(store-failed|store-full|chunk-missing|image-missing|image-exists|image-held|capture-ended|index-damaged)$/;

/**
 * Whether a store may answer with this code when its disk fails: nothing of the system's own, and nothing that
 * tells of a mistake in the store.
 */
export function saidOfDisk(code: string): boolean {
  return SAID.test(code);
}

/** Counts what the busy store said of its disk, by code. */
export function countSaid(said: Map<string, number>, lines: readonly string[]): void {
  for (const line of lines) {
    const [word, code = ''] = line.split(' ');
    if (word === 'failed') said.set(code, (said.get(code) ?? 0) + 1);
  }
}

/** "3 store-failed, 1 store-full" */
export function saidInWords(said: ReadonlyMap<string, number>): string {
  return Array.from(said, ([code, times]) => `${times} ${code}`).join(', ');
}
