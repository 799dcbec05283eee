import { stripVTControlCharacters } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, number>> = { red: 31, green: 32, yellow: 33, blue: 34, dim: 2, bold: 1 };

/** Puts a text in a colour, or leaves it alone. Colour never says anything that the words do not. */
export type Paint = (text: string, colour: Colour) => string;

/** @param colours whether the place it goes to shows colours */
export function painter(colours: boolean): Paint {
  return colours ? (text, colour) => `\u001b[${CODES[colour]}m${text}\u001b[0m` : (text) => text;
}

/** How many columns a text takes, its colours not counted. */
export function columnsOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
