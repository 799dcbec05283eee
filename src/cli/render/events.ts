import type { EventView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatSecond } from '../format/time.ts';

/** One event as a line of a log. */
export function renderEvent({ at, topic, level, words }: EventView, paint: Paint): string {
  const colour = { info: 'dim', warning: 'yellow', error: 'red' } as const;
  const mark = level === 'info' ? '' : `${paint(level.toUpperCase(), colour[level])} `;
  return `${paint(formatSecond(at), 'dim')}  ${topic.padEnd(10)}  ${mark}${words}`;
}
