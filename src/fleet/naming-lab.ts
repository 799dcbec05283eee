import { DEFAULT_LAB_RULE, nameProblem, proposeName } from './naming.ts';

/** One host of a lab that is to have a name. */
export interface LabSeat {
  readonly id: string;
  /** What it is to be called; null: by the rule. */
  readonly name: string | null;
  /** Where it stands; null: the first free one. */
  readonly seat: number | null;
  readonly mac: string | null;
}

export interface LabNames {
  /** By the hosts' ids; whole only when there are no problems. */
  readonly names: ReadonlyMap<string, { readonly name: string; readonly seat: number | null }>;
  /** One sentence each, for the host with that id. */
  readonly problems: readonly { readonly id: string; readonly words: string }[];
}

/**
 * The names of a whole lab at once: those that are given, then seats that are asked for, then the first free ones in
 * the order of the hosts. Names that Windows refuses, and names that another host has in whatever case, are problems;
 * nobody is moved to another seat in silence.
 *
 * @param request.rule such as `{lab}-PC{seat:02}`; null: the default
 * @param request.taken names of all hosts that are not in the list, in lower case, and whose they are in words
 */
export function nameLab(request: {
  readonly lab: string;
  readonly rule: string | null;
  readonly hosts: readonly LabSeat[];
  readonly taken: ReadonlyMap<string, string>;
}): LabNames {
  const { lab, hosts } = request;
  const rule = request.rule ?? DEFAULT_LAB_RULE;
  const names = new Map<string, { name: string; seat: number | null }>();
  const problems: { id: string; words: string }[] = [];
  const owners = new Map(request.taken);
  const take = (host: LabSeat, name: string, seat: number | null): void => {
    const owner = owners.get(name.toLowerCase());
    if (owner !== undefined) {
      problems.push({ id: host.id, words: `${name} is already the name of ${owner}.` });
      return;
    }
    owners.set(name.toLowerCase(), host.mac === null ? 'another host of this lab' : `the host ${host.mac}`);
    names.set(host.id, { name, seat });
  };

  for (const host of hosts.filter(({ name }) => name !== null)) {
    const name = host.name ?? '';
    const problem = nameProblem(name);
    if (problem === null) take(host, name, host.seat ?? seatOf(rule, lab, name, host.mac));
    else problems.push({ id: host.id, words: `The name ${name} ${problem}.` });
  }
  const unnamed = hosts.filter(({ name }) => name === null);
  const none: ReadonlySet<string> = new Set();
  for (const host of unnamed.filter(({ seat }) => seat !== null)) {
    const proposal = proposeName({ rule, lab, seat: host.seat, mac: host.mac, taken: none });
    if (proposal.kind === 'problem') problems.push({ id: host.id, words: proposal.words });
    else take(host, proposal.name, host.seat);
  }
  let from = 1;
  for (const host of unnamed.filter(({ seat }) => seat === null)) {
    const taken = new Set(owners.keys());
    const proposal = proposeName({ rule, lab, seat: from, mac: host.mac, taken });
    if (proposal.kind === 'problem') {
      problems.push({ id: host.id, words: proposal.words });
    } else {
      take(host, proposal.name, proposal.seat);
      from = (proposal.seat ?? from - 1) + 1;
    }
  }
  return { names, problems };
}

/** The seat that a rule has put into a name; null when the name is not one of the rule's. */
export function seatOf(
  rule: string,
  lab: string | null,
  name: string,
  mac: string | null = null,
): number | null {
  if (!/\{seat[:}]/.test(rule)) return null;
  for (const [digits] of name.matchAll(/\d+/g)) {
    for (let from = 0; from < digits.length; from += 1) {
      for (let to = digits.length; to > from; to -= 1) {
        const seat = Number(digits.slice(from, to));
        const proposal = proposeName({ rule, lab, seat, mac, taken: new Set() });
        if (proposal.kind === 'name' && proposal.name.toLowerCase() === name.toLowerCase()) return seat;
      }
    }
  }
  return null;
}
