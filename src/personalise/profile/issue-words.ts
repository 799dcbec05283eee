import { z } from 'zod';
import { nearest } from '../../fleet/index.ts';
import type { ProfileProblem } from './problem.ts';
import { sheetSchema } from './sheet-schema.ts';
import type { TomlTree } from './toml-tree.ts';

/** What the schema has against a file, in words, each at its place. */
export function issueProblems(tree: TomlTree, error: z.ZodError): ProfileProblem[] {
  return error.issues.flatMap((issue) => wordsOf(tree, issue, issue.path));
}

function wordsOf(tree: TomlTree, issue: z.core.$ZodIssue, path: readonly PropertyKey[]): ProfileProblem[] {
  const name = nameOf(path);
  const at = tree.placeOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(tree, path, key));
    case 'invalid_type': {
      const isMissing = issue.message.endsWith('received undefined');
      if (isMissing) return [{ at, message: `${name} is missing.`, next: 'Add it.' }];
      const wanted = WANTED[issue.expected] ?? issue.expected;
      return [{ at, message: `${name} has to be ${wanted}.`, next: 'Correct it.' }];
    }
    case 'invalid_value':
      return [oneOf(at, name, issue.values.map(String), valueAt(tree, path))];
    case 'invalid_union': {
      // A secret: what is wrong with the form that was chosen.
      const chosen = issue.errors[typeof valueAt(tree, path) === 'string' ? 0 : 1] ?? [];
      if (chosen.every((one) => one.code === 'invalid_type' && one.path.length === 0)) {
        const message = `${name} has to be text in quotes or { secret = "name" }.`;
        return [{ at, message, next: 'Correct it.' }];
      }
      return chosen.flatMap((one) => wordsOf(tree, one, [...path, ...one.path]));
    }
    case 'too_small':
    case 'too_big':
      return [{ at, message: boundWords(name, issue), next: 'Correct it.' }];
    default:
      return [{ at, message: `${name}: ${issue.message}.`, next: 'Correct it.' }];
  }
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number, without quotes',
  int: 'a whole number',
  boolean: 'true or false, without quotes',
  array: 'a list: ["one", "two"]',
  object: 'a table with keys of its own',
};

function boundWords(
  name: string,
  issue: Extract<z.core.$ZodIssue, { code: 'too_small' | 'too_big' }>,
): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const end = issue.code === 'too_small' ? 'at least' : 'at most';
  if (issue.origin === 'string') {
    return issue.code === 'too_small'
      ? `${name} is empty.`
      : `${name} has to have ${end} ${bound} characters.`;
  }
  if (issue.origin === 'array') {
    return issue.code === 'too_small'
      ? `${name} is an empty list.`
      : `${name} has to have ${end} ${bound} entries.`;
  }
  return `${name} has to be ${end} ${bound}.`;
}

function oneOf(
  at: ProfileProblem['at'],
  name: string,
  known: readonly string[],
  value: unknown,
): ProfileProblem {
  const close = typeof value === 'string' ? nearest(value, new Set(known)) : null;
  const next = close === null ? 'Correct it.' : `Did you mean ${close}?`;
  return { at, message: `${name} has to be one of ${known.join(', ')}, in quotes.`, next };
}

function unknownKey(tree: TomlTree, path: readonly PropertyKey[], key: string): ProfileProblem {
  const at = tree.placeOfKey([...path, key]);
  const known = keysAt(path);
  const table = path.length === 0 ? 'at the top of the file' : `in ${nameOf(path)}`;
  const message = `There is no ${key} ${table}.`;
  const close = nearest(key, new Set(known));
  if (close !== null) return { at, message, next: `Did you mean ${close}?` };
  const home = Object.entries(sheetSchema.shape).find(([, schema]) => keysOf(schema).includes(key));
  const elsewhere = home === undefined ? '' : ` ${key} belongs under ${headerOf(home[0])}.`;
  return { at, message, next: `There are: ${known.join(', ')}.${elsewhere}` };
}

function headerOf(table: string): string {
  return ['accounts', 'lab', 'location', 'package', 'printer'].includes(table)
    ? `[[${table}]]`
    : `[${table}]`;
}

/** `windows.owner`, `accounts[2].name`, counted from 1. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part + 1}]` : `${at === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

/** The keys that a table may have. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: z.core.$ZodType = sheetSchema;
  for (const part of path) {
    const inside: z.core.$ZodType = peeled(schema);
    if (inside instanceof z.ZodArray) schema = inside.element;
    else if (inside instanceof z.ZodObject) schema = inside.shape[String(part)] ?? z.never();
  }
  return keysOf(schema);
}

function keysOf(schema: z.core.$ZodType): string[] {
  const inside = peeled(schema);
  if (inside instanceof z.ZodArray) return keysOf(inside.element);
  return inside instanceof z.ZodObject ? Object.keys(inside.shape) : [];
}

/** A schema without its being optional, and the table of a union. */
function peeled(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return peeled(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.find((one) => one instanceof z.ZodObject) ?? schema;
  return schema;
}

function valueAt(tree: TomlTree, path: readonly PropertyKey[]): unknown {
  let here: unknown = tree.value;
  for (const part of path) here = (here as Readonly<Record<PropertyKey, unknown>> | undefined)?.[part];
  return here;
}
