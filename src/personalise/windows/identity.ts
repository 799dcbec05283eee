import { MimeoError } from '../../errors.ts';
import type { HostSettings } from '../settings.ts';
import { windowsTimeZone } from '../time-zones.ts';
import { type AnswerFile, type Place, writeSetting } from './answer-file.ts';
import { SHELL } from './names.ts';

export const IDENTITY: Place = { pass: 'specialize', component: SHELL };

/**
 * Name, product key, time zone and owner.
 *
 * @throws MimeoError `personalise-order` for a time zone that Windows does not have
 */
export function withIdentity(file: AnswerFile, settings: HostSettings): AnswerFile {
  const { windows, region, computerName } = settings;
  const values: [string, string | null][] = [
    ['ComputerName', computerName],
    ['ProductKey', windows.productKey],
    ['RegisteredOwner', windows.owner],
    ['RegisteredOrganization', windows.organisation],
    ['TimeZone', timeZoneOf(region.timeZone)],
  ];
  return values.reduce(
    (changed, [name, value]) => (value === null ? changed : writeSetting(changed, IDENTITY, [name], value)),
    file,
  );
}

/** The name Windows has for the zone of the settings. */
export function timeZoneOf(iana: string | null): string | null {
  if (iana === null) return null;
  const name = windowsTimeZone(iana);
  if (name === null) {
    throw new MimeoError('personalise-order', `Windows has no time zone for ${iana}.`, {
      next: 'Write an IANA name such as Europe/Berlin as the time zone in the profile.',
    });
  }
  return name;
}
