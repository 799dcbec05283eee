import { SaxesParser } from 'saxes';
import { MimeoError } from '../../../errors.ts';
import type { XmlEncoding } from './xml-bytes.ts';

/** An element and where it stands in the text. Offsets are in UTF-16 units, as in the string. */
export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  /** Without its prefix. */
  readonly local: string;
  readonly namespace: string;
  readonly parent: XmlElement | null;
  readonly attributes: readonly XmlAttribute[];
  /** The prefixes that are bound here, to their namespaces. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own character data, references resolved; comments are not in it. */
  readonly text: string;
  readonly start: number;
  /** Behind the start tag. */
  readonly contentStart: number;
  /** At the end tag; where the tag closes itself, as `contentStart`. */
  readonly contentEnd: number;
  readonly end: number;
  readonly selfClosing: boolean;
}

export interface XmlAttribute {
  readonly local: string;
  readonly namespace: string;
  readonly value: string;
}

/** A well-formed document: its text, and the tree that was read from it. */
export interface XmlDocument {
  /** The file's, for errors. */
  readonly name: string;
  readonly text: string;
  readonly encoding: XmlEncoding;
  readonly root: XmlElement;
}

type Building = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: XmlElement[] };

const MAX_DEPTH = 100;

/**
 * Reads a document. Document types are refused, and with them every entity of its own.
 *
 * @throws MimeoError `unattend-invalid` with the file's name, line and column
 */
export function parseXml(text: string, name: string, encoding: XmlEncoding): XmlDocument {
  const parser = new SaxesParser({ xmlns: true });
  const open: Building[] = [];
  let root: XmlElement | null = null;
  let tagStart = 0;
  const fail = (words: string): MimeoError =>
    new MimeoError('unattend-invalid', `${name}, line ${parser.line}, column ${parser.column + 1}: ${words}`);
  parser.on('error', (error) => {
    throw fail(`This is no well-formed XML: ${error.message.replace(/^[\d:]+\s*/, '')}.`);
  });
  parser.on('doctype', () => {
    throw fail('A document type (<!DOCTYPE …>) has no place in an answer file.');
  });
  parser.on('opentagstart', () => {
    tagStart = text.lastIndexOf('<', parser.position - 1);
  });
  parser.on('opentag', (tag) => {
    if (open.length >= MAX_DEPTH) throw fail(`Elements are nested more than ${MAX_DEPTH} deep.`);
    const parent = open.at(-1) ?? null;
    const at = parser.position;
    const element: Building = {
      name: tag.name,
      local: tag.local,
      namespace: tag.uri,
      parent,
      attributes: Object.values(tag.attributes).map(({ local, uri, value }) => ({
        local,
        namespace: uri,
        value,
      })),
      prefixes: boundPrefixes(parent, tag.ns),
      children: [],
      text: '',
      start: tagStart,
      contentStart: at,
      contentEnd: at,
      end: at,
      selfClosing: tag.isSelfClosing,
    };
    parent?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    element.end = parser.position;
    if (!element.selfClosing) element.contentEnd = text.lastIndexOf('</', parser.position - 1);
  });
  const addText = (piece: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  if (root === null) throw fail('There is no element in it.');
  return { name, text, encoding, root };
}

function boundPrefixes(
  parent: XmlElement | null,
  declared: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const own = Object.entries(declared);
  if (parent !== null && own.length === 0) return parent.prefixes;
  return new Map([...(parent?.prefixes ?? []), ...own]);
}

/** An attribute's value, or null. */
export function attributeOf(element: XmlElement, local: string, namespace = ''): string | null {
  return element.attributes.find((one) => one.local === local && one.namespace === namespace)?.value ?? null;
}
