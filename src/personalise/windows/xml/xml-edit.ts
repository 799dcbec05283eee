import { MimeoError } from '../../../errors.ts';
import type { XmlEncoding } from './xml-bytes.ts';
import { commonEol, indentUnit, lineIndent } from './xml-layout.ts';
import { parseXml, type XmlDocument, type XmlElement } from './xml-tree.ts';

/** An element to be written: attributes as they are written, and either a text or elements. */
export interface NewElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content: string | readonly NewElement[];
}

/** The same document with a piece of its text replaced; everything else stays as it is, byte for byte. */
function splice(document: XmlDocument, start: number, end: number, piece: string): XmlDocument {
  const text = document.text.slice(0, start) + piece + document.text.slice(end);
  return parseXml(text, document.name, document.encoding);
}

/** Sets an element's text; comments in it stay, behind the text. Elements in it are replaced. */
export function setText(document: XmlDocument, element: XmlElement, value: string): XmlDocument {
  if (element.text === value && element.children.length === 0) return document;
  const content = document.text.slice(element.contentStart, element.contentEnd);
  const comments = content.replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, '').match(/<!--[\s\S]*?-->/g) ?? [];
  return setContent(document, element, escapeXml(value, document.encoding) + comments.join(''));
}

function setContent(document: XmlDocument, element: XmlElement, content: string): XmlDocument {
  if (!element.selfClosing) return splice(document, element.contentStart, element.contentEnd, content);
  const startTag = document.text.slice(element.start, element.contentStart).replace(/\s*\/>$/, '>');
  return splice(document, element.start, element.end, `${startTag}${content}</${element.name}>`);
}

/** Puts a new element behind the last thing that stands in another, laid out as the file is. */
export function appendChild(document: XmlDocument, parent: XmlElement, child: NewElement): XmlDocument {
  const { text, encoding } = document;
  const eol = commonEol(text);
  const unit = indentUnit(document);
  const content = text.slice(parent.contentStart, parent.contentEnd);
  const sibling = parent.children.at(-1);
  const parentIndent = lineIndent(text, parent.start);
  if (sibling === undefined && content.trim() === '') {
    if (parentIndent === null) {
      return setContent(document, parent, render(child, null, eol, unit, encoding));
    }
    const indent = parentIndent + unit;
    const inner = `${eol}${indent}${render(child, indent, eol, unit, encoding)}${eol}${parentIndent}`;
    return setContent(document, parent, inner);
  }
  const indent =
    sibling === undefined ? parentIndent && parentIndent + unit : lineIndent(text, sibling.start);
  const at = parent.contentStart + content.trimEnd().length;
  const piece = render(child, indent, eol, unit, encoding);
  return splice(document, at, at, indent === null ? piece : `${eol}${indent}${piece}`);
}

/** Takes an element out, with its line where it stands alone. */
export function removeElement(document: XmlDocument, element: XmlElement): XmlDocument {
  const { text } = document;
  const before = /(?:\r\n|\n|\r)[ \t]*$/.exec(text.slice(0, element.start))?.[0] ?? '';
  const alone = before !== '' && /^[ \t]*(?:[\r\n]|$)/.test(text.slice(element.end, element.end + 400));
  return splice(document, element.start - (alone ? before.length : 0), element.end, '');
}

/**
 * Puts the source of an element of another file behind the last thing in this one, with the prefixes that it needs.
 */
export function transplant(
  document: XmlDocument,
  parent: XmlElement,
  source: XmlDocument,
  element: XmlElement,
): XmlDocument {
  const declarations = [...element.prefixes]
    .filter(([prefix, uri]) => prefix !== 'xml' && prefix !== 'xmlns' && parent.prefixes.get(prefix) !== uri)
    .map(
      ([prefix, uri]) =>
        ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(uri, document.encoding)}"`,
    )
    .filter((declaration) => !source.text.slice(element.start, element.contentStart).includes(declaration));
  const outer = source.text.slice(element.start, element.end);
  const nameEnd = 1 + element.name.length;
  const piece = outer.slice(0, nameEnd) + declarations.join('') + outer.slice(nameEnd);
  const written = document.encoding === 'single-byte' ? asReferences(piece) : piece;
  const content = document.text.slice(parent.contentStart, parent.contentEnd).trimEnd();
  const at = parent.contentStart + content.length;
  const indent = lineIndent(source.text, element.start) ?? '';
  return splice(document, at, at, `${commonEol(document.text)}${indent}${written}`);
}

function render(
  element: NewElement,
  indent: string | null,
  eol: string,
  unit: string,
  encoding: XmlEncoding,
): string {
  const { name, attributes = {}, content } = element;
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeAttribute(value, encoding)}"`,
  );
  const tag = `<${name}${written.join('')}>`;
  if (typeof content === 'string') return `${tag}${escapeXml(content, encoding)}</${name}>`;
  if (indent === null) {
    return `${tag}${content.map((child) => render(child, null, eol, unit, encoding)).join('')}</${name}>`;
  }
  const inner = content.map(
    (child) => `${eol}${indent}${unit}${render(child, indent + unit, eol, unit, encoding)}`,
  );
  return `${tag}${inner.join('')}${eol}${indent}</${name}>`;
}

/**
 * A value as text of an element.
 *
 * @throws MimeoError `personalise-order` for a character that XML cannot hold
 */
export function escapeXml(value: string, encoding: XmlEncoding): string {
  // The definition of Char in XML 1.0, turned round.
  const bad = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.exec(value)?.[0];
  if (bad !== undefined) {
    const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new MimeoError(
      'personalise-order',
      `A value for the answer file has the character U+${code}, which XML cannot hold.`,
    );
  }
  const escaped = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
  return encoding === 'single-byte' ? asReferences(escaped) : escaped;
}

/** A value in double quotes. */
function escapeAttribute(value: string, encoding: XmlEncoding): string {
  return escapeXml(value, encoding)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}

function asReferences(text: string): string {
  return text.replaceAll(/\P{ASCII}/gu, (character) => `&#${character.codePointAt(0)};`);
}
