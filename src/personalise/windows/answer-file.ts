import { MimeoError } from '../../errors.ts';
import { type Architecture, type Pass, UNATTEND, WCM } from './names.ts';
import { readXmlBytes, writeXmlBytes, type XmlText } from './xml/xml-bytes.ts';
import { appendChild, type NewElement, removeElement, setText } from './xml/xml-edit.ts';
import { attributeOf, parseXml, type XmlDocument, type XmlElement } from './xml/xml-tree.ts';

/** An answer file as it stands, for one architecture: components for others are no concern of this host. */
export interface AnswerFile {
  readonly document: XmlDocument;
  readonly architecture: Architecture;
  readonly mark: XmlText['mark'];
}

/** Where settings of one kind stand. */
export interface Place {
  readonly pass: Pass;
  readonly component: string;
}

const FRESH = `<?xml version="1.0" encoding="utf-8"?>\r\n<unattend xmlns="${UNATTEND}" xmlns:wcm="${WCM}">\r\n</unattend>\r\n`;

/** An answer file that answers nothing yet. */
export function freshAnswerFile(architecture: Architecture): AnswerFile {
  return { document: parseXml(FRESH, 'unattend.xml', 'utf-8'), architecture, mark: false };
}

/**
 * @param name of the file, for errors
 * @throws MimeoError `unattend-invalid` with line and column
 */
export function readAnswerFile(bytes: Uint8Array, name: string, architecture: Architecture): AnswerFile {
  const { text, encoding, mark } = readXmlBytes(bytes, name);
  const document = parseXml(text, name, encoding);
  const { root } = document;
  if (root.local !== 'unattend' || root.namespace !== UNATTEND) {
    throw new MimeoError('unattend-invalid', `${name} is no answer file: its root is <${root.name}>.`);
  }
  return { document, architecture, mark };
}

export function writeAnswerFile({ document, mark }: AnswerFile): Buffer {
  return writeXmlBytes({ text: document.text, encoding: document.encoding, mark });
}

/** The same file with its document changed. */
export function edited(file: AnswerFile, document: XmlDocument): AnswerFile {
  return document === file.document ? file : { ...file, document };
}

/** Elements of a pass; a file may have several. */
export function passElements({ document }: AnswerFile, pass: Pass): XmlElement[] {
  return document.root.children.filter(
    (one) => isUnattend(one, 'settings') && attributeOf(one, 'pass') === pass,
  );
}

/** The component's elements for this architecture; mostly one or none. */
export function componentElements(file: AnswerFile, { pass, component }: Place): XmlElement[] {
  return passElements(file, pass).flatMap((settings) =>
    settings.children.filter(
      (one) =>
        isUnattend(one, 'component') &&
        attributeOf(one, 'name')?.toLowerCase() === component.toLowerCase() &&
        attributeOf(one, 'processorArchitecture')?.toLowerCase() === file.architecture,
    ),
  );
}

/** Every element at a path below the component, such as `['OOBE', 'HideEULAPage']`. */
export function findAll(file: AnswerFile, place: Place, path: readonly string[]): XmlElement[] {
  return path.reduce(
    (found, name) => found.flatMap((one) => one.children.filter((child) => isUnattend(child, name))),
    componentElements(file, place),
  );
}

/** A setting's value, or null. */
export function readSetting(file: AnswerFile, place: Place, path: readonly string[]): string | null {
  return findAll(file, place, path)[0]?.text.trim() ?? null;
}

/** Sets a value; what is missing on the way to it is made. Should it stand there more than once, each is set. */
export function writeSetting(
  file: AnswerFile,
  place: Place,
  path: readonly string[],
  value: string,
): AnswerFile {
  const count = findAll(file, place, path).length;
  if (count === 0) return addElement(file, place, path, value);
  let changed = file;
  for (let index = 0; index < count; index += 1) {
    const element = findAll(changed, place, path)[index];
    if (element !== undefined) changed = edited(changed, setText(changed.document, element, value));
  }
  return changed;
}

/**
 * Adds an element at the end of a path, beside others of its name; the folders of the path are made where they are
 * missing.
 *
 * @param content a text, or named texts and elements
 */
export function addElement(
  file: AnswerFile,
  place: Place,
  path: readonly string[],
  content: NewElement['content'],
  action: 'add' | null = null,
): AnswerFile {
  let depth = path.length - 1;
  while (depth > 0 && findAll(file, place, path.slice(0, depth)).length === 0) depth -= 1;
  const found = findAll(file, place, path.slice(0, depth))[0];
  const parent = found ?? passElements(file, place.pass)[0] ?? file.document.root;
  const inner = path.slice(depth).reduceRight<NewElement['content']>(
    (below, name, index) => [
      {
        name: prefixed(parent, name),
        attributes: index === path.length - 1 - depth && action !== null ? actionOf(parent, action) : {},
        content: typeof below === 'string' ? below : below.map((one) => named(parent, one)),
      },
    ],
    content,
  );
  const child = found === undefined ? containers(file, place, parent, inner) : inner[0];
  if (child === undefined || typeof child === 'string') return file;
  return edited(file, appendChild(file.document, parent, child));
}

/** Takes elements out, and what would be left empty around them: Windows refuses some empty elements. */
export function removeSetting(file: AnswerFile, place: Place, path: readonly string[]): AnswerFile {
  let changed = file;
  for (;;) {
    const element = findAll(changed, place, path)[0];
    if (element === undefined) return changed;
    changed = removeWithEmptyParents(changed, element);
  }
}

/** Takes one element out, and its parents as far as nothing else is in them. */
export function removeWithEmptyParents(file: AnswerFile, element: XmlElement): AnswerFile {
  let top = element;
  while (top.parent?.parent && top.parent.children.length === 1 && top.parent.text.trim() === '') {
    top = top.parent;
  }
  return edited(file, removeElement(file.document, top));
}

function isUnattend(element: XmlElement, local: string): boolean {
  return element.local === local && element.namespace === UNATTEND;
}

/** The component, and around it the pass where the parent is the root. */
function containers(
  file: AnswerFile,
  { pass, component }: Place,
  parent: XmlElement,
  content: NewElement['content'],
): NewElement {
  const made: NewElement = {
    name: prefixed(parent, 'component'),
    attributes: {
      name: component,
      processorArchitecture: file.architecture,
      publicKeyToken: '31bf3856ad364e35',
      language: 'neutral',
      versionScope: 'nonSxS',
    },
    content,
  };
  return parent.parent === null
    ? { name: prefixed(parent, 'settings'), attributes: { pass }, content: [made] }
    : made;
}

/** With the prefix that the parent has: both are in the namespace of answer files. */
function prefixed(parent: XmlElement, local: string): string {
  const colon = parent.name.indexOf(':');
  return colon === -1 ? local : `${parent.name.slice(0, colon)}:${local}`;
}

function named(parent: XmlElement, element: NewElement): NewElement {
  const { content } = element;
  return {
    ...element,
    name: element.name.includes(':') ? element.name : prefixed(parent, element.name),
    content: typeof content === 'string' ? content : content.map((one) => named(parent, one)),
  };
}

function actionOf(parent: XmlElement, action: 'add'): Record<string, string> {
  const prefix = [...parent.prefixes].find(([name, uri]) => uri === WCM && name !== '')?.[0];
  return prefix === undefined ? { 'xmlns:wcm': WCM, 'wcm:action': action } : { [`${prefix}:action`]: action };
}
