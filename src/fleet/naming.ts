/** The rule for a host's name: what every Windows, NetBIOS and DNS accept. */
const NAME = /^(?!\d+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,13}[A-Za-z0-9])?$/;

const MAX_NAME = 15;

/**
 * Names Windows keeps for itself. Sources: Microsoft's "Naming conventions in Active Directory" (KB 909264), those
 * of its reserved words that could be a name at all; RFC 952 (GATEWAY, GW, TAC); WORKGROUP and MSHOME are the
 * workgroups XP is born in, and a computer may not be named like its workgroup. The devices (CON, COM1…) cannot be
 * file names, so nothing on Windows could keep a file named for the host.
 */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'anonymous batch builtin dialup interactive internet local network null proxy restricted self server service ' +
    'system users world gateway gw tac workgroup mshome localhost con prn aux nul com1 com2 com3 com4 com5 com6 ' +
    'com7 com8 com9 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9'
  ).split(' '),
);

/** Why Windows would refuse this name, as the end of a sentence that starts with the name; null when it would not. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'is empty';
  const bad = /[^A-Za-z0-9-]/u.exec(name);
  if (bad !== null) {
    return `contains ${describe(bad[0])}; only the letters A to Z, digits and dashes are allowed`;
  }
  if (name.length > MAX_NAME)
    return `is ${name.length} characters long; ${MAX_NAME} is the most Windows takes`;
  if (name.startsWith('-') || name.endsWith('-')) return 'starts or ends with a dash';
  if (!NAME.test(name)) return 'consists of digits only; Windows wants at least one letter';
  if (RESERVED.has(name.toLowerCase())) return 'is a word that Windows keeps for itself';
  return null;
}

export interface NameRequest {
  /** Such as `{lab}-PC{seat:02}`; the tokens are `{lab}`, `{seat}`, `{seat:02}` and `{mac:6}`. Null: the default. */
  readonly rule: string | null;
  readonly lab: string | null;
  /** The wanted seat; null takes the first free one. */
  readonly seat: number | null;
  /** Canonical MAC of the card that booted. */
  readonly mac: string | null;
  /** Names in use, in lower case. */
  readonly taken: ReadonlySet<string>;
}

export type NameProposal =
  | { readonly kind: 'name'; readonly name: string; readonly seat: number | null }
  | { readonly kind: 'problem'; readonly words: string };

/** For a host with no lab: `PC-` and the last six digits of its MAC, which is on the sticker of most machines. */
export const DEFAULT_RULE = 'PC-{mac:6}';
/** For a host in a lab that has no rule of its own. */
export const DEFAULT_LAB_RULE = '{lab}-PC{seat:02}';

const TOKEN = /\{([^{}]*)\}/g;
const LAST_SEAT = 9999;

/** A free, valid name made by a lab's rule; a wanted seat whose name is taken moves on to the next free one. */
export function proposeName(request: NameRequest): NameProposal {
  const rule = request.rule ?? (request.lab === null ? DEFAULT_RULE : DEFAULT_LAB_RULE);
  const usesSeat = /\{seat[:}]/.test(rule);
  const from = request.seat ?? 1;
  for (let seat = from; seat <= LAST_SEAT; seat += 1) {
    const filled = fill(rule, { ...request, seat });
    if (filled.kind === 'problem') return filled;
    const problem = nameProblem(filled.name);
    if (problem !== null)
      return { kind: 'problem', words: `The rule ${rule} makes ${filled.name}, which ${problem}.` };
    if (!request.taken.has(filled.name.toLowerCase())) {
      return { kind: 'name', name: filled.name, seat: usesSeat ? seat : null };
    }
    if (!usesSeat) return { kind: 'problem', words: `${filled.name} is already the name of another host.` };
  }
  return { kind: 'problem', words: `Every seat from ${from} to ${LAST_SEAT} is taken.` };
}

/** Text as part of a name: umlauts and accents spelled out, everything else that is not allowed becomes a dash. */
export function nameable(text: string): string {
  return text
    .replaceAll(/[äöüß]/gi, (letter) => SPELLED[letter.toLowerCase()] ?? '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

const SPELLED: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

function fill(
  rule: string,
  from: NameRequest & { readonly seat: number },
): { kind: 'name'; name: string } | { kind: 'problem'; words: string } {
  let words: string | null = null;
  const name = rule.replaceAll(TOKEN, (token, inside: string) => {
    const [key = '', format = ''] = inside.split(':');
    if (key === 'lab' && format === '') {
      if (from.lab !== null) return nameable(from.lab);
      words = `The rule ${rule} needs a lab.`;
    } else if (key === 'seat' && /^(0\d)?$/.test(format)) {
      return String(from.seat).padStart(Number(format), '0');
    } else if (key === 'mac' && /^([1-9]|1[0-2])?$/.test(format)) {
      if (from.mac !== null) return from.mac.replaceAll(':', '').slice(-Number(format || 12));
      words = `The rule ${rule} needs a MAC.`;
    } else {
      words = `The rule ${rule} has ${token}, which is none of {lab}, {seat}, {seat:02}, {mac:6}.`;
    }
    return '';
  });
  return words === null ? { kind: 'name', name } : { kind: 'problem', words };
}

function describe(character: string): string {
  if (character === ' ') return 'a blank';
  if (character === '_') return 'an underscore';
  return /[\p{C}\p{Z}]/u.test(character) ? 'an invisible character' : `"${character}"`;
}
