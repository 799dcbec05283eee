import { MimeoError } from '../../errors.ts';

/** Seconds for people: "less than a minute", "6 min", "1 h 05 min", "3 days". */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.round(hours / 24)} days`;
}

/** Hours of a window such as `8h`, `30m`, `2d` or plain `8` (hours). */
export function parseHours(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(m|min|h|d)?$/i.exec(text.trim());
  const value = Number(match?.[1]);
  const unit = (match?.[2] ?? 'h').toLowerCase();
  const hours = unit === 'd' ? value * 24 : unit === 'h' ? value : value / 60;
  if (match === null || !(hours > 0)) {
    throw new MimeoError('not-understood', `"${text}" is no length of time.`, {
      next: 'Write it like 8h, 30m or 2d.',
    });
  }
  return hours;
}

/** Seconds of a wait such as `60`, `90s`, `2m`; 0 is one. */
export function parseSeconds(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(s|sec|m|min)?$/i.exec(text.trim()) ?? [];
  if (number !== undefined) return Number(number) * (unit.toLowerCase().startsWith('m') ? 60 : 1);
  throw new MimeoError('not-understood', `"${text}" is no number of seconds.`, {
    next: 'Write it like 60 or 2m.',
  });
}

/** A moment as local date and time to the minute, "2026-11-20 14:02"; '' for what is none. */
export function formatMoment(iso: string | null): string {
  const date = parts(iso);
  return date === null ? '' : `${date.day} ${date.time.slice(0, 5)}`;
}

/** A moment to the second, "2026-11-20 14:02:31". */
export function formatSecond(iso: string | null): string {
  const date = parts(iso);
  return date === null ? '' : `${date.day} ${date.time}`;
}

/** How long ago, "just now", "6 min ago"; "never" for null. */
export function formatAgo(iso: string | null, now: number): string {
  if (iso === null) return 'never';
  const seconds = (now - Date.parse(iso)) / 1000;
  return seconds < 60 ? 'just now' : `${formatDuration(seconds)} ago`;
}

function parts(iso: string | null): { day: string; time: string } | null {
  const date = new Date(iso ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return null;
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    day: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
  };
}
