/** The firmware's boot menu as efibootmgr prints it. */
export interface BootMenu {
  /** The entry that this boot came from; null when the firmware does not say. */
  readonly current: string | null;
  /** Entry numbers, four hex digits, in the order in which they are tried. */
  readonly order: readonly string[];
  readonly entries: readonly { readonly number: string; readonly label: string; readonly path: string }[];
}

/** Reads `efibootmgr --verbose`; versions 17 and 18 set label and device path apart by a tab. */
export function parseEfibootmgr(text: string): BootMenu {
  const entries = [...text.matchAll(/^Boot([0-9A-Fa-f]{4})[* ] ?([^\t\n]*)(?:\t(.*))?$/gm)].map((match) => ({
    number: (match[1] ?? '').toUpperCase(),
    label: (match[2] ?? '').trim(),
    path: match[3] ?? '',
  }));
  const current = /^BootCurrent: ([0-9A-Fa-f]{4})$/m.exec(text)?.[1]?.toUpperCase() ?? null;
  const order = /^BootOrder: ([0-9A-Fa-f,]+)$/m.exec(text)?.[1]?.toUpperCase().split(',') ?? [];
  return { current, order, entries };
}

/**
 * The order after a deploy: what booted this time (the network) first, then the entries that `before` did not
 * have, then all others as they were.
 */
export function bootOrder(before: BootMenu, after: BootMenu): string[] {
  const known = new Set(before.entries.map(({ number }) => number));
  const made = after.entries.map(({ number }) => number).filter((number) => !known.has(number));
  const there = new Set(after.entries.map(({ number }) => number));
  const wanted = [...(after.current === null ? [] : [after.current]), ...made, ...after.order];
  return [...new Set(wanted)].filter((number) => there.has(number));
}
