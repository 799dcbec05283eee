import type { FirstBoot, Package, Printer } from '../settings.ts';
import { type HostValues, joined } from './host-values.ts';
import type { Merged, Said } from './layers.ts';
import { infFolder, type Material, packageFiles } from './material.ts';
import { chooseVariant, defaultCommand, type HostSystem, settledPackage } from './packages.ts';
import type { Profiles } from './profiles.ts';
import { addressRule, queueRule } from './rules.ts';
import { keyOf } from './wildcard.ts';

interface Source {
  readonly profiles: Profiles;
  readonly material: Material;
  readonly merged: Merged;
  readonly values: HostValues;
  readonly system: HostSystem | null;
  readonly warnings: string[];
}

/** Printers and packages of a host, in order; null when there are none. Nobody is told of the steps yet. */
export function resolveFirstBoot(source: Source): FirstBoot | null {
  if (source.system?.family === 'linux') return null;
  const printers = resolvePrinters(source);
  const packages = resolvePackages(source);
  const standard = defaultPrinter(source, printers);
  if (printers.length === 0 && packages.length === 0) return null;
  return { report: null, printers, defaultPrinter: standard, packages };
}

/** Folders of drivers that the printers of a host need. */
export function printerDriverFolders({
  profiles,
  merged,
}: Pick<Source, 'profiles' | 'merged'>): Said<string>[] {
  return joined(merged.list('first_boot.printers')).flatMap(({ value }) => {
    const printer = profiles.printers.get(keyOf(value));
    const folder = infFolder(printer?.definition.inf ?? '');
    return printer === undefined || folder === null ? [] : [{ value: folder, at: printer.placeOf('inf') }];
  });
}

function resolvePrinters({ profiles, merged, values }: Source): Printer[] {
  return joined(merged.list('first_boot.printers')).flatMap((said): Printer[] => {
    const found = profiles.printers.get(keyOf(said.value));
    if (found === undefined) {
      values.complain(said.at, `There is no printer ${said.value}.`, 'Define it as a [[printer]].');
      return [];
    }
    const { definition, placeOf } = found;
    const { name, path, address, driver, inf } = definition;
    const place = `firstBoot.printers[${name}]`;
    const queue = path === undefined ? null : { value: path, at: placeOf('path') };
    if (queue !== null) {
      const filled = values.text(`${place}.path`, queue, { rule: queueRule });
      values.origins.set(place, said.at);
      return filled === null ? [] : [{ kind: 'shared', name, path: filled }];
    }
    const to = { value: address ?? '', at: placeOf('address') };
    const filled = values.text(`${place}.address`, to, { rule: addressRule });
    values.origins.set(place, said.at);
    return filled === null
      ? []
      : [{ kind: 'direct', name, address: filled, driver: driver ?? '', inf: inf ?? null }];
  });
}

function defaultPrinter({ merged, values }: Source, printers: readonly Printer[]): string | null {
  const said = merged.single('first_boot.default_printer');
  if (said === null) return null;
  const found = printers.find(({ name }) => keyOf(name) === keyOf(said.value));
  values.origins.set('firstBoot.defaultPrinter', said.at);
  if (found !== undefined) return found.name;
  values.complain(
    said.at,
    `The default printer ${said.value} is none of the printers of the host.`,
    'Add it to printers, here or for the location.',
  );
  return null;
}

function resolvePackages({ profiles, material, merged, values, system, warnings }: Source): Package[] {
  return joined(merged.list('first_boot.packages')).flatMap((said): Package[] => {
    const variants = profiles.packages.get(keyOf(said.value)) ?? [];
    const choice = chooseVariant(variants, system);
    if (variants.length === 0) {
      values.complain(said.at, `There is no package ${said.value}.`, 'Define it as a [[package]].');
      return [];
    }
    if (choice.kind === 'none') {
      warnings.push(`The package ${said.value} is not for this system and is left out.`);
      return [];
    }
    if (choice.kind === 'unknown') {
      values.complain(
        said.at,
        `Which ${said.value} is right cannot be told, as it is not known which Windows the image holds.`,
        'Capture the image again, or write a [[package]] without systems and architectures.',
      );
      return [];
    }
    const { definition, at, placeOf } = choice.variant;
    const files = packageFiles(definition, material);
    const path = `firstBoot.packages[${definition.name}]`;
    const written = definition.command;
    const command =
      written === undefined
        ? defaultCommand(files)
        : values.command(`${path}.command`, { value: written, at: placeOf('command') });
    values.origins.set(path, said.at);
    if (written === undefined && command === null) {
      values.complain(at, `The package ${definition.name} has no command.`, 'Add command.');
    }
    return command === null ? [] : [settledPackage(definition, files, command)];
  });
}
