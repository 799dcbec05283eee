import { nearest } from '../../fleet/index.ts';

/** What `{{…}}` may name, in the profiles and in .reg files. */
export const TEMPLATE_FIELDS = [
  'host.name',
  'host.mac',
  'host.serial',
  'host.uuid',
  'lab.name',
  'location',
  'location.parent',
  'image.name',
  'image.version',
  'seat',
] as const;

export type TemplateField = (typeof TEMPLATE_FIELDS)[number];

/** Every field; '' where the host has none. */
export type TemplateFields = Readonly<Record<TemplateField, string>>;

/** The same syntax as in .reg files; a name with a dash is caught as a slip, but not a GUID. */
const PLACEHOLDER = /\{\{\s*([A-Za-z][A-Za-z0-9_.-]*)\s*\}\}/g;

/** Placeholders of a text that stand for nothing: as written, and what to do. */
export function unknownPlaceholders(
  text: string,
): { readonly piece: string; readonly words: string; readonly next: string }[] {
  return placeholdersOf(text)
    .filter(({ name }) => !isField(name))
    .map(({ piece, name }) => {
      const close =
        nearest(name, new Set(TEMPLATE_FIELDS)) ??
        TEMPLATE_FIELDS.find((field) => field.endsWith(`.${name}`));
      return {
        piece,
        words: `There is no field ${name}.`,
        next:
          close === undefined
            ? `The fields are ${TEMPLATE_FIELDS.join(', ')}.`
            : `Did you mean {{${close}}}?`,
      };
    });
}

/** A field that a text asks for and the host does not have. */
export class EmptyField extends Error {
  readonly field: TemplateField;

  constructor(field: TemplateField) {
    super(`The field ${field} is empty.`);
    this.field = field;
  }
}

/**
 * Fills the placeholders of a text. How a value is escaped is its reader's business, unless `escaped` says it.
 *
 * @throws EmptyField
 */
export function fillFields(
  text: string,
  fields: TemplateFields,
  escaped: (value: string) => string = (value) => value,
): string {
  return text.replaceAll(PLACEHOLDER, (piece, name: string) => {
    if (!isField(name)) return piece;
    const value = fields[name];
    if (value === '') throw new EmptyField(name);
    return escaped(value);
  });
}

/** A value inside a distinguished name (RFC 4514, 2.4). */
export function escapeForUnit(value: string): string {
  return value
    .replaceAll(/[\\,+"<>;=]/g, (character) => `\\${character}`)
    .replace(/^[ #]/, (character) => `\\${character}`)
    .replace(/ $/, '\\ ');
}

function placeholdersOf(text: string): { piece: string; name: string }[] {
  return [...text.matchAll(PLACEHOLDER)]
    .map(([piece, name = '']) => ({ piece, name }))
    .filter(({ name }) => !/^[0-9A-F]{8}-/i.test(name));
}

function isField(name: string): name is TemplateField {
  return TEMPLATE_FIELDS.some((field) => field === name);
}
