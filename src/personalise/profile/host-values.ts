import type { Said } from './layers.ts';
import type { Material } from './material.ts';
import type { Place, ProfileProblem } from './problem.ts';
import type { Rule } from './rules.ts';
import type { SecretSource } from './sheet-schema.ts';
import { EmptyField, fillFields, type TemplateFields } from './template.ts';

/** What a value needs to become one of a host, and the problems that are met on the way. */
export class HostValues {
  readonly #fields: TemplateFields;
  readonly #material: Material;
  readonly problems: ProfileProblem[] = [];
  /** By the path in the settings: where each value was said. */
  readonly origins = new Map<string, Place>();

  constructor(fields: TemplateFields, material: Material) {
    this.#fields = fields;
    this.#material = material;
  }

  /** A text, its placeholders filled in; null also after a problem. */
  text(
    path: string,
    said: Said<string> | null,
    options: { readonly rule?: Rule; readonly escaped?: (value: string) => string } = {},
  ): string | null {
    if (said === null) return null;
    this.origins.set(path, said.at);
    const value = this.#fill(said, options.escaped);
    const fault = value === null || !said.value.includes('{{') ? null : (options.rule?.(value) ?? null);
    if (fault === null) return value;
    this.complain(said.at, `Filled in, ${said.value} is ${value ?? ''}, which ${fault}.`, 'Correct it.');
    return null;
  }

  /** A line that a command interpreter reads: what is filled in must be nothing that it reads as more than text. */
  command(path: string, said: Said<string>): string | null {
    const unsafe = Object.entries(this.#fields).find(
      ([name, value]) => said.value.includes(name) && /[^\p{L}\p{N} ._:@/-]/u.test(value),
    );
    const value = this.text(path, said);
    if (value === null || value === said.value || unsafe === undefined) return value;
    const [name, what] = unsafe;
    this.complain(
      said.at,
      `The field ${name} is ${what}, which cannot stand in a command.`,
      'Name it with letters, digits, blanks and dashes only.',
    );
    return null;
  }

  /** @param rule for what comes from a file; what stands in a profile was asked when it was read */
  secret(path: string, said: Said<SecretSource> | null, rule: Rule | null = null): string | null {
    if (said === null) return null;
    this.origins.set(path, said.at);
    if (typeof said.value === 'string') return said.value;
    const { secret } = said.value;
    const value = this.#material.secrets.get(secret);
    const fault = value === undefined ? null : (rule?.(value) ?? null);
    if (fault !== null) {
      this.complain(said.at, `What the secret ${secret} holds ${fault}.`, 'Correct its file on the server.');
      return null;
    }
    if (value !== undefined) return value;
    this.complain(
      said.at,
      `There is no secret ${secret} on this server.`,
      'Write it into a file of that name.',
    );
    return null;
  }

  flag(path: string, said: Said<boolean> | null, otherwise: boolean): boolean {
    if (said === null) return otherwise;
    this.origins.set(path, said.at);
    return said.value;
  }

  complain(at: Place | null, message: string, next: string): void {
    this.problems.push({ at, message, next });
  }

  #fill(said: Said<string>, escaped?: (value: string) => string): string | null {
    try {
      return fillFields(said.value, this.#fields, escaped);
    } catch (error) {
      if (!(error instanceof EmptyField)) throw error;
      this.complain(
        said.at,
        `The host has nothing for {{${error.field}}}.`,
        'Take it out, or give the host a profile of its own.',
      );
      return null;
    }
  }
}

/** Joins what several profiles list: the first place of each counts; `!name` takes out what came before it, `!*` all. */
export function joined(items: readonly Said<string>[]): Said<string>[] {
  const found = new Map<string, Said<string>>();
  for (const item of items) {
    if (item.value === '!*') found.clear();
    else if (item.value.startsWith('!')) found.delete(item.value.slice(1).toLowerCase());
    else if (!found.has(item.value.toLowerCase())) found.set(item.value.toLowerCase(), item);
  }
  return [...found.values()];
}
