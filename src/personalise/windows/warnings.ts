import { windowsLocale } from '../locales.ts';
import type { HostSettings } from '../settings.ts';
import { isRecentTimeZone } from '../time-zones.ts';
import { type AnswerFile, findAll, passElements, readSetting } from './answer-file.ts';
import { BUILD, type WindowsFacts } from './facts.ts';
import { timeZoneOf } from './identity.ts';
import { WELCOME } from './oobe.ts';
import { pathOnVolume } from './search-order.ts';
import { attributeOf } from './xml/xml-tree.ts';

/** What a technician should know of a host although its answer file is written. */
export function warningsFor(settings: HostSettings, facts: WindowsFacts, file: AnswerFile): string[] {
  return [
    explicitFile(facts),
    otherArchitecture(file),
    timeZone(settings, facts),
    locales(settings),
    menus(settings, facts),
    firstUser(settings, facts, file),
    ...(settings.windows.preventEncryption && facts.build >= BUILD.eightOne && facts.architecture === 'x86'
      ? ['Windows for 32 bits has no setting against encryption; it does not encrypt by itself either.']
      : []),
  ].filter((warning) => warning !== null);
}

function explicitFile({ unattendFile }: WindowsFacts): string | null {
  if (unattendFile === null || pathOnVolume(unattendFile) !== null) return null;
  return `The registry of the image (HKLM\\SYSTEM\\Setup, UnattendFile) names ${unattendFile}, which is not on drive C:. Where that file is found Windows reads it instead of the host's; delete the value on the master.`;
}

function otherArchitecture(file: AnswerFile): string | null {
  const { architecture } = file;
  const components = (['specialize', 'oobeSystem'] as const)
    .flatMap((pass) => passElements(file, pass))
    .flatMap((settings) => settings.children)
    .map((one) => ({
      name: attributeOf(one, 'name') ?? '',
      architecture: attributeOf(one, 'processorArchitecture')?.toLowerCase() ?? architecture,
    }));
  const ours = new Set(
    components.filter((one) => one.architecture === architecture).map(({ name }) => name.toLowerCase()),
  );
  const ignored = components.filter(
    (one) => one.architecture !== architecture && !ours.has(one.name.toLowerCase()),
  );
  if (ignored.length === 0) return null;
  const names = [...new Set(ignored.map(({ name }) => name))].join(', ');
  return `The master's answer file has ${names} for another architecture only; this Windows (${architecture}) ignores that.`;
}

function timeZone({ region }: HostSettings, { build }: WindowsFacts): string | null {
  const name = timeZoneOf(region.timeZone);
  if (name === null || build >= BUILD.ten1809 || !isRecentTimeZone(name)) return null;
  return `The time zone ${name} came to Windows by an update. Without that update in the image, setup stops at the answer file.`;
}

function locales({ region }: HostSettings): string | null {
  const unknown = [region.language, region.formats].filter(
    (tag) => tag !== null && windowsLocale(tag) === null,
  );
  if (unknown.length === 0) return null;
  return `${unknown.join(' and ')} is no locale of Windows that Mimeo knows; it is written as it is.`;
}

function menus({ region }: HostSettings, { languages }: WindowsFacts): string | null {
  const { language } = region;
  if (language === null || languages.length === 0) return null;
  if (languages.some((one) => one.toLowerCase() === language.toLowerCase())) return null;
  return `The image speaks ${languages.join(', ')}, not ${language}: its menus stay as they are, and Windows may ask for the language.`;
}

/** A client that joins no domain wants a user. */
function firstUser(settings: HostSettings, { build }: WindowsFacts, file: AnswerFile): string | null {
  if (!settings.windows.skipQuestions) return null;
  const joins = settings.domain !== null && settings.domain.kind !== 'workgroup';
  const accounts = findAll(file, WELCOME, ['UserAccounts', 'LocalAccounts', 'LocalAccount']);
  const domainAccounts = findAll(file, WELCOME, ['UserAccounts', 'DomainAccounts']);
  const skipped = readSetting(file, WELCOME, ['OOBE', 'SkipMachineOOBE']) === 'true' && build < BUILD.eight;
  if (joins || skipped || accounts.length > 0 || domainAccounts.length > 0) return null;
  return 'No local account and no domain is given: a workstation asks for its first user at the first start.';
}
