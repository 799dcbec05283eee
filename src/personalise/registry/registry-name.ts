/**
 * A name as the registry compares it: without case, one UTF-16 unit for one (ß stays ß). Windows uses the table of
 * its own release; they differ from this one in few letters beyond the scripts of Europe.
 */
export function foldName(name: string): string {
  // Most names are ASCII, which needs no second look at each unit.
  if (/^[\u0020-\u007e]*$/.test(name)) return name.toUpperCase();
  let folded = '';
  for (let at = 0; at < name.length; at += 1) {
    const unit = name.charAt(at);
    const upper = unit.toUpperCase();
    folded += upper.length === 1 ? upper : unit;
  }
  return folded;
}

/** Whether Windows takes both for one name. */
export function sameName(a: string, b: string): boolean {
  return a === b || (a.length === b.length && foldName(a) === foldName(b));
}
