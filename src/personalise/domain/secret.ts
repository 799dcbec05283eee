import { inspect } from 'node:util';

const HIDDEN = '(secret)';

/**
 * Text that must not be seen. Whatever is made of it by accident (a string, JSON, an object in a log, an error) says
 * `(secret)`; only {@link reveal} gives it away.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
