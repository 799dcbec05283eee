import type { Planner } from './part.ts';
import { isThere, resolvePath, segments, textOf, writeText } from './tree.ts';

const LOCALTIME = '/etc/localtime';
const TIMEZONE = '/etc/timezone';
const ZONES = '/usr/share/zoneinfo';

/** The time zone: the link /etc/localtime, in the form it has, and Debian's /etc/timezone. */
export const timeZone: Planner = {
  paths: ({ region }) => [
    LOCALTIME,
    TIMEZONE,
    ...(region.timeZone === null ? [] : [`${ZONES}/${region.timeZone}`]),
  ],
  plan: ({ settings, view }) => {
    const zone = settings.region.timeZone;
    if (zone === null) return {};
    if (!isThere(view, `${ZONES}/${zone}`)) {
      const cause = isThere(view, ZONES)
        ? `has no time zone ${zone}`
        : 'has no time zones (tzdata is not installed)';
      return { warnings: [`The image ${cause}: it keeps its own.`] };
    }
    const { path, entry } = resolvePath(view, LOCALTIME, false);
    const now = entry?.kind === 'file' ? (entry.target ?? null) : null;
    const start = now?.startsWith('..') === true ? `..${ZONES}` : ZONES;
    const zoneText = textOf(view, TIMEZONE);
    const why = `the time zone ${zone}`;
    return {
      edits: [
        { kind: 'link', path, before: now, target: `${start}/${segments(zone).join('/')}`, why },
        ...(zoneText === null ? [] : [writeText(view, TIMEZONE, `${zone}\n`, why)]),
      ],
    };
  },
};
