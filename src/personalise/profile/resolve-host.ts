import type { DriverFolder, HostSettings, LocalAccount } from '../settings.ts';
import type { RegistryTemplate } from '../types.ts';
import { HostValues, joined } from './host-values.ts';
import { type Merged, mergeFor } from './layers.ts';
import { type Location, locate } from './locations.ts';
import { fitsPath, type Material } from './material.ts';
import type { HostSystem } from './packages.ts';
import { type Place, type ProfileProblem, placeWords, profileError } from './problem.ts';
import type { Profiles } from './profiles.ts';
import { type OfflineJoin, resolveDomain } from './resolve-domain.ts';
import { printerDriverFolders, resolveFirstBoot } from './resolve-first-boot.ts';
import {
  keyboardRule,
  linuxAccountRule,
  localeRule,
  passwordHashRule,
  productKeyRule,
  timeZoneRule,
  windowsAccountRule,
} from './rules.ts';
import type { TemplateFields } from './template.ts';
import { keyOf } from './wildcard.ts';

/** What is known of a host when it is to be personalised. */
export interface HostFacts {
  /** The computer's name, legal and free: see `nameLab` and the manifest. */
  readonly name: string;
  readonly mac: string | null;
  readonly serial: string | null;
  readonly uuid: string | null;
  readonly lab: string | null;
  readonly seat: number | null;
  readonly image: { readonly name: string; readonly version: number | null };
  /** Null when nobody has looked into the image. */
  readonly system: HostSystem | null;
  /** What its maker and model, and the ids of its devices, ask for. */
  readonly modelDrivers: readonly DriverFolder[];
}

export interface ResolvedHost {
  /** `domain` is null when `offlineJoin` is not: the blob is made when the host asks for it. */
  readonly settings: HostSettings;
  readonly offlineJoin: OfflineJoin | null;
  /** The outermost first. */
  readonly locations: readonly string[];
  /** Where a value of the settings was said, by its path: `region.timeZone`, `accounts[pupil]`, `registryFiles[a.reg]`. */
  readonly origins: ReadonlyMap<string, Place>;
  readonly warnings: readonly string[];
}

/**
 * What one host becomes.
 *
 * @throws MimeoError `profile-invalid` with all that is in the way
 */
export function resolveHost(profiles: Profiles, material: Material, facts: HostFacts): ResolvedHost {
  const { resolved, problems } = tryHost(profiles, material, facts);
  if (problems.length > 0) {
    throw profileError(
      problems.map((problem) => ({ ...problem, message: `For ${facts.name}: ${problem.message}` })),
    );
  }
  return resolved;
}

/** The same without an error: what was resolved is whole only when there are no problems. */
export function tryHost(
  profiles: Profiles,
  material: Material,
  facts: HostFacts,
): { readonly resolved: ResolvedHost; readonly problems: readonly ProfileProblem[] } {
  const { location, problem } = whereIs(profiles, facts);
  const chain = location?.chain.map(({ name }) => name) ?? [];
  const fields = fieldsFor(facts, chain);
  const values = new HostValues(fields, material);
  if (problem !== null) values.problems.push(problem);
  const merged = mergeFor(profiles.sheets, { ...facts, location });
  const warnings = merged.warnings.map(
    ({ at, message }) => `${at === null ? '' : `${placeWords(at)}: `}${message}`,
  );
  const { domain, offlineJoin } = resolveDomain(merged, values);
  const source = { profiles, material, merged, values, system: facts.system, warnings };
  const firstBoot = resolveFirstBoot(source);
  const settings: HostSettings = {
    computerName: facts.name,
    fields,
    region: {
      language: values.text('region.language', merged.single('region.language'), { rule: localeRule }),
      formats: values.text('region.formats', merged.single('region.formats'), { rule: localeRule }),
      keyboard: values.text('region.keyboard', merged.single('region.keyboard'), { rule: keyboardRule }),
      timeZone: values.text('region.timeZone', merged.single('region.time_zone'), { rule: timeZoneRule }),
    },
    windows: {
      productKey: productKey(merged, values)?.toUpperCase() ?? null,
      owner: values.text('windows.owner', merged.single('windows.owner')),
      organisation: values.text('windows.organisation', merged.single('windows.organisation')),
      administratorPassword: values.secret(
        'windows.administratorPassword',
        merged.single('windows.administrator_password'),
      ),
      autoLogon: autoLogon(merged, values),
      skipQuestions: values.flag('windows.skipQuestions', merged.single('windows.skip_questions'), true),
      preventEncryption: values.flag(
        'windows.preventEncryption',
        merged.single('windows.prevent_encryption'),
        true,
      ),
    },
    accounts: accounts(merged, values),
    domain,
    registryFiles: registryFiles(merged, values, material),
    drivers: drivers({ profiles, merged, values, material, facts }),
    firstBoot,
    linux: {
      account: linuxAccount(merged, values),
      sshKeys: merged.list('linux.ssh_keys').map(({ value }) => value),
      commands: merged
        .list('linux.commands')
        .map((said, at) => values.command(`linux.commands[${at + 1}]`, said))
        .filter((command) => command !== null),
      cloudInit: values.flag('linux.cloudInit', merged.single('linux.cloud_init'), true),
    },
  };
  return {
    resolved: { settings, offlineJoin, locations: chain, origins: values.origins, warnings },
    problems: values.problems,
  };
}

function whereIs(
  profiles: Profiles,
  facts: HostFacts,
): { location: Location | null; problem: ProfileProblem | null } {
  const lab = facts.lab === null ? undefined : profiles.labs.get(keyOf(facts.lab));
  const found = locate(profiles.locations, {
    name: facts.name,
    labLocation: lab?.definition.location ?? null,
  });
  if (found.kind === 'location') return { location: found.location, problem: null };
  if (found.kind === 'nowhere') return { location: null, problem: null };
  const where = found.locations.map(({ name, source }) => `${name} (${placeWords(source.at)})`);
  return {
    location: null,
    problem: {
      at: found.locations[0]?.source.placeOf('pattern') ?? null,
      message: `The name ${facts.name} fits several locations: ${where.join(', ')}.`,
      next: 'Give one of them a higher priority, or a pattern that begins with ^.',
    },
  };
}

function fieldsFor(facts: HostFacts, chain: readonly string[]): TemplateFields {
  return {
    'host.name': facts.name,
    'host.mac': facts.mac ?? '',
    'host.serial': facts.serial ?? '',
    'host.uuid': facts.uuid ?? '',
    'lab.name': facts.lab ?? '',
    location: chain.at(-1) ?? '',
    'location.parent': chain.at(-2) ?? '',
    'image.name': facts.image.name,
    'image.version': String(facts.image.version ?? ''),
    seat: String(facts.seat ?? ''),
  };
}

function productKey(merged: Merged, values: HostValues): string | null {
  const said = merged.single('windows.product_key');
  return values.secret('windows.productKey', said, productKeyRule)?.toUpperCase() ?? null;
}

function autoLogon(merged: Merged, values: HostValues): HostSettings['windows']['autoLogon'] {
  const said = merged.single('windows.auto_logon');
  if (said === null) return null;
  const { value, at } = said;
  values.origins.set('windows.autoLogon', at);
  const rule = windowsAccountRule;
  const account = values.text('windows.autoLogon.account', { value: value.account, at }, { rule });
  const password = values.secret('windows.autoLogon.password', { value: value.password, at });
  return account === null || password === null ? null : { account, password, count: value.count };
}

function accounts(merged: Merged, values: HostValues): LocalAccount[] {
  return merged.accounts.flatMap(({ value, at }): LocalAccount[] => {
    const path = `accounts[${value.name}]`;
    const name = values.text(path, { value: value.name, at }, { rule: windowsAccountRule });
    const written = value.full_name === undefined ? null : { value: value.full_name, at };
    const fullName = values.text(`${path}.fullName`, written);
    const password = values.secret(`${path}.password`, { value: value.password, at });
    const { administrator } = value;
    return name === null || password === null ? [] : [{ name, fullName, password, administrator }];
  });
}

function linuxAccount(merged: Merged, values: HostValues): HostSettings['linux']['account'] {
  const name = values.text('linux.account', merged.single('linux.account'), { rule: linuxAccountRule });
  const hash = merged.single('linux.password_hash');
  const passwordHash = values.secret('linux.passwordHash', hash, passwordHashRule);
  if (hash !== null && passwordHash !== null && merged.single('linux.account') === null) {
    values.complain(hash.at, 'There is a password_hash and no account that it belongs to.', 'Add account.');
  }
  return name === null ? null : { name, passwordHash };
}

/** Without a word of the profiles: every file that lies in the folder `registry` itself. */
function registryFiles(merged: Merged, values: HostValues, material: Material): RegistryTemplate[] {
  if (!merged.isSaid('registry.files')) {
    return material.registryFiles.filter(({ name }) => fitsPath('*.reg', name));
  }
  const chosen = new Map<string, RegistryTemplate>();
  for (const { value, at } of merged.list('registry.files')) {
    const pattern = value.replace(/^!/, '');
    const matching = material.registryFiles.filter(({ name }) => pattern === '*' || fitsPath(pattern, name));
    if (pattern !== value) {
      for (const { name } of matching) chosen.delete(name);
    } else {
      for (const file of matching) {
        if (chosen.has(file.name)) continue;
        chosen.set(file.name, file);
        values.origins.set(`registryFiles[${file.name}]`, at);
      }
      if (matching.length === 0 && !/[*?]/.test(pattern)) {
        values.complain(
          at,
          `There is no file ${pattern} in the share's registry.`,
          'Put it there, or correct the name.',
        );
      }
    }
  }
  return [...chosen.values()];
}

function drivers(from: {
  profiles: Profiles;
  merged: Merged;
  values: HostValues;
  material: Material;
  facts: HostFacts;
}): DriverFolder[] {
  const { merged, values, material, facts } = from;
  const byModel = values.flag('drivers.byModel', merged.single('drivers.by_model'), true);
  const said = [...joined(merged.list('drivers.folders')), ...printerDriverFolders(from)];
  const named = said.flatMap(({ value, at }): DriverFolder[] => {
    const found = material.driverFolders.get(keyOf(value));
    if (found === undefined) {
      values.complain(
        at,
        `There is no folder ${value} in the share's drivers.`,
        'Put it there, or correct the name.',
      );
      return [];
    }
    values.origins.set(`drivers[${found.path}]`, at);
    return [found];
  });
  const all = [...named, ...(byModel ? facts.modelDrivers : [])];
  return all.filter((one, at) => all.findIndex((other) => keyOf(other.path) === keyOf(one.path)) === at);
}
