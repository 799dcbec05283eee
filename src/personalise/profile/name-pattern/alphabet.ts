/** All that a computer's name is made of; case tells no two names apart. */
export const SYMBOLS = 'abcdefghijklmnopqrstuvwxyz0123456789-';

/** The most characters of a name (NetBIOS). */
export const LONGEST_NAME = 15;

/** A set of symbols: for each of {@link SYMBOLS} whether it is in. */
export type SymbolSet = readonly boolean[];

export const ANY: SymbolSet = SYMBOLS.split('').map(() => true);
export const DIGITS: SymbolSet = setOf((symbol) => symbol >= '0' && symbol <= '9');
/** `\w` without the underscore, which no name has. */
export const WORD: SymbolSet = setOf((symbol) => symbol !== '-');

export function setOf(isIn: (symbol: string) => boolean): SymbolSet {
  return SYMBOLS.split('').map(isIn);
}

export function complement(set: SymbolSet): SymbolSet {
  return set.map((isIn) => !isIn);
}

/** Which symbol a character is, -1 for one that no name has. */
export function symbolIndex(character: string): number {
  return SYMBOLS.indexOf(character.toLowerCase());
}
