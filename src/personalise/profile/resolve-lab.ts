import { type LabSeat, nameLab } from '../../fleet/index.ts';
import type { Material } from './material.ts';
import { type ProfileProblem, profileError } from './problem.ts';
import type { Profiles } from './profiles.ts';
import { type HostFacts, type ResolvedHost, tryHost } from './resolve-host.ts';
import { keyOf } from './wildcard.ts';

/** A host of a lab: what is known of it, but for what naming the lab decides. */
export interface LabHost extends Omit<HostFacts, 'name' | 'lab'> {
  readonly id: string;
  /** Null: by the lab's rule. */
  readonly name: string | null;
}

export interface ResolvedLab {
  /** By the hosts' ids. */
  readonly hosts: ReadonlyMap<string, ResolvedHost>;
  /** Each once, whatever the number of hosts it is about. */
  readonly warnings: readonly string[];
}

/**
 * What every host of a lab becomes: names first, then everything else.
 *
 * @param request.taken names of all hosts that are not in this lab, in lower case, and whose they are in words
 * @throws MimeoError `profile-invalid` with everything that is in the way of any of them, so that nothing is deployed
 */
export function resolveLab(
  profiles: Profiles,
  material: Material,
  request: {
    readonly lab: string;
    readonly hosts: readonly LabHost[];
    readonly taken: ReadonlyMap<string, string>;
  },
): ResolvedLab {
  const { lab } = request;
  const definition = profiles.labs.get(keyOf(lab));
  const seats = request.hosts.map(({ id, name, seat, mac }): LabSeat => ({ id, name, seat, mac }));
  const rule = definition?.definition.naming ?? null;
  const naming = nameLab({ lab, rule, hosts: seats, taken: request.taken });
  const problems = new Gathered();
  for (const { id, words } of naming.problems) {
    const mac = request.hosts.find((host) => host.id === id)?.mac ?? null;
    const at =
      definition !== undefined && words.startsWith('The rule ') ? definition.placeOf('naming') : null;
    const next = at === null ? 'Choose another name in manifest.csv.' : 'Change the rule.';
    problems.add({ at, message: words, next }, mac ?? id);
  }
  const hosts = new Map<string, ResolvedHost>();
  const warnings = new Gathered();
  for (const host of request.hosts) {
    const named = naming.names.get(host.id);
    if (named === undefined) continue;
    const tried = tryHost(profiles, material, { ...host, ...named, lab });
    for (const problem of tried.problems) problems.add(problem, named.name);
    for (const message of tried.resolved.warnings) warnings.add({ at: null, message, next: '' }, named.name);
    hosts.set(host.id, tried.resolved);
  }
  if (problems.all().length > 0) throw profileError(problems.all());
  return { hosts, warnings: warnings.all().map(({ message }) => message) };
}

/** The same problem of thirty hosts is one, with their names. */
class Gathered {
  readonly #byWords = new Map<string, { problem: ProfileProblem; hosts: string[] }>();

  add(problem: ProfileProblem, host: string): void {
    const key = JSON.stringify(problem);
    const known = this.#byWords.get(key);
    if (known === undefined) this.#byWords.set(key, { problem, hosts: [host] });
    else known.hosts.push(host);
  }

  all(): ProfileProblem[] {
    return [...this.#byWords.values()].map(({ problem, hosts }) => {
      const rest = hosts.length - 3;
      const who = `${hosts.slice(0, 3).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
      return { ...problem, message: `${problem.message} (${who})` };
    });
  }
}
