import type { XmlDocument, XmlElement } from './xml-tree.ts';

/** The line end most lines have; a file without any gets that of Windows. */
export function commonEol(text: string): string {
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const lf = (text.match(/\n/g)?.length ?? 0) - crlf;
  return lf > crlf ? '\n' : '\r\n';
}

/** The blanks in front of what starts at an offset; null when something else stands before it on its line. */
export function lineIndent(text: string, offset: number): string | null {
  const line = /[^\r\n]*$/.exec(text.slice(Math.max(0, offset - 1000), offset))?.[0] ?? '';
  // The root may follow the XML declaration on its line; what is in it still goes to lines of its own.
  if (/^<\?xml[^>]*\?>\s*$/.test(line)) return /[\r\n]/.test(text) ? '' : null;
  return /^[ \t]*$/.test(line) ? line : null;
}

/** By how much the file indents: the first child that stands deeper than its parent says it; else two blanks. */
export function indentUnit(document: XmlDocument): string {
  const search = (element: XmlElement): string | null => {
    const outer = lineIndent(document.text, element.start);
    for (const child of element.children) {
      const inner = lineIndent(document.text, child.start);
      if (outer !== null && inner !== null && inner.length > outer.length && inner.startsWith(outer)) {
        return inner.slice(outer.length);
      }
      const deeper = search(child);
      if (deeper !== null) return deeper;
    }
    return null;
  };
  return search(document.root) ?? '  ';
}
