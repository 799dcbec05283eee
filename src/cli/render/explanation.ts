import type { HostExplanationView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { renderTable } from '../format/table.ts';

/** What a host would become: a line for each value, with the place that says it. */
export function renderExplanation(found: HostExplanationView, paint: Paint): string[] {
  const where = found.locations.length === 0 ? '' : `, in ${found.locations.join(' / ')}`;
  const table = renderTable(
    found.lines,
    [
      { title: 'SETTING', cell: ({ path }) => path },
      { title: 'VALUE', cell: ({ value }) => value },
      { title: 'FROM', cell: ({ from }) => from ?? '' },
    ],
    paint,
  );
  return [
    paint(`${found.host} with ${found.image}@${found.version}${where}`, 'bold'),
    '',
    ...table,
    ...found.warnings.map((warning) => paint(`! ${warning}`, 'yellow')),
  ];
}
