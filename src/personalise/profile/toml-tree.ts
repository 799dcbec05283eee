import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import type { Place, ProfileProblem } from './problem.ts';
import { syntaxWords } from './toml-syntax-words.ts';

/** A TOML file as plain data that still knows where everything stands. */
export interface TomlTree {
  readonly value: Readonly<Record<string, unknown>>;
  /** Where the value at a path begins, or the nearest table around it that is really there. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where the key of a value begins. */
  placeOfKey(path: readonly PropertyKey[]): Place;
  /** Where a piece of text stands inside the value at a path; its beginning when it is written in another way. */
  placeInside(path: readonly PropertyKey[], piece: string): Place;
}

interface Spot {
  readonly keyAt: Place;
  readonly valueAt: Place;
  /** Of the value in the text. */
  readonly range: readonly [number, number];
}

type Node = Spot &
  (
    | { readonly kind: 'table'; readonly entries: Map<string, Node> }
    | { readonly kind: 'list'; readonly items: Node[] }
    | { readonly kind: 'value'; readonly value: unknown }
  );

/** Takes the text of a file apart. TOML's grammar can be told of one slip at a time only. */
export function readToml(file: string, text: string): TomlTree | { readonly problem: ProfileProblem } {
  try {
    return treeOf(file, text, parseTOML(text, { tomlVersion: '1.0' }));
  } catch (error) {
    if (error instanceof ParseError) {
      return { problem: syntaxWords(file, text, error) };
    }
    if (error instanceof RangeError) {
      const at = { file, line: 1, column: 1 };
      return { problem: { at, message: 'The file is nested too deep.', next: 'Write it flatter.' } };
    }
    throw error;
  }
}

function treeOf(file: string, text: string, program: AST.TOMLProgram): TomlTree {
  const spotOf = (value: AST.TOMLNode, key: AST.TOMLNode = value): Spot => ({
    keyAt: placeAt(file, key),
    valueAt: placeAt(file, value),
    range: value.range,
  });
  const start: Place = { file, line: 1, column: 1 };
  const root: Node = {
    kind: 'table',
    entries: new Map(),
    keyAt: start,
    valueAt: start,
    range: [0, text.length],
  };

  const build = (value: AST.TOMLContentNode, key: AST.TOMLNode): Node => {
    const spot = spotOf(value, key);
    switch (value.type) {
      case 'TOMLValue':
        return { ...spot, kind: 'value', value: value.value };
      case 'TOMLArray':
        return { ...spot, kind: 'list', items: value.elements.map((item) => build(item, item)) };
      case 'TOMLInlineTable': {
        const table: Node = { ...spot, kind: 'table', entries: new Map() };
        for (const pair of value.body) put(table, pair);
        return table;
      }
    }
  };
  const put = (table: Node, pair: AST.TOMLKeyValue): void => {
    const names = pair.key.keys.map(nameOf);
    const spot = spotOf(pair.value, pair.key);
    attach(table, names, spot, build(pair.value, pair.key));
  };

  for (const part of program.body[0].body) {
    if (part.type === 'TOMLKeyValue') {
      put(root, part);
    } else {
      const spot = spotOf(part);
      const table: Node = { ...spot, kind: 'table', entries: new Map() };
      const here = attach(root, part.resolvedKey, spot, table);
      for (const pair of part.body) put(here, pair);
    }
  }
  const at = (path: readonly PropertyKey[]): Node => find(root, path);
  return {
    value: plainTable(root),
    placeOf: (path) => at(path).valueAt,
    placeOfKey: (path) => at(path).keyAt,
    placeInside: (path, piece) => {
      const node = at(path);
      const from = text.indexOf(piece, node.range[0]);
      return from < 0 || from >= node.range[1] ? node.valueAt : placeOfIndex(file, text, from);
    },
  };
}

/** Puts a node where its keys say, making the tables on the way; one that is there already (`[a.b]` before `[a]`) stays. */
function attach(root: Node, path: readonly (string | number)[], spot: Spot, node: Node): Node {
  let here = root;
  for (const [at, name] of path.entries()) {
    const isLast = at === path.length - 1;
    const found = childOf(here, name);
    if (found !== undefined) {
      here = found;
      continue;
    }
    const between: Node =
      typeof path[at + 1] === 'number'
        ? { ...spot, kind: 'list', items: [] }
        : { ...spot, kind: 'table', entries: new Map() };
    const child = isLast ? node : between;
    if (here.kind === 'table') here.entries.set(String(name), child);
    else if (here.kind === 'list') here.items.push(child);
    here = child;
  }
  return here;
}

function childOf(node: Node, name: PropertyKey): Node | undefined {
  if (node.kind === 'table') return node.entries.get(String(name));
  return node.kind === 'list' ? node.items[Number(name)] : undefined;
}

function find(root: Node, path: readonly PropertyKey[]): Node {
  let here = root;
  for (const name of path) {
    const next = childOf(here, name);
    if (next === undefined) break;
    here = next;
  }
  return here;
}

function plain(node: Node): unknown {
  if (node.kind === 'value') return node.value;
  return node.kind === 'list' ? node.items.map(plain) : plainTable(node);
}

function plainTable(node: Node): Record<string, unknown> {
  if (node.kind !== 'table') return {};
  return Object.fromEntries([...node.entries].map(([name, child]) => [name, plain(child)]));
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function placeAt(file: string, node: AST.TOMLNode): Place {
  return { file, line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function placeOfIndex(file: string, text: string, index: number): Place {
  const before = text.slice(0, index).split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
