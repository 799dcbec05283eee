import type { ImageDiffView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatSize } from '../format/quantity.ts';
import { renderTable } from '../format/table.ts';

type Row = ImageDiffView['regions'][number];

/** What is different, partition by partition, and what that costs a machine. */
export function renderDiff(diff: ImageDiffView, paint: Paint): string[] {
  const { first, second, layout, regions } = diff;
  const several = regions.some(({ disk }) => disk > 0);
  const sum = (part: 'same' | 'changed' | 'onlyFirst' | 'onlySecond') => (row: Row) =>
    row[part].chunks === 0 ? '-' : `${formatSize(row[part].bytes)} (${row[part].chunks})`;
  return [
    paint(`${first} → ${second}`, 'bold'),
    ...layout.map((words) => `! ${words}`),
    ...renderTable(
      regions,
      [
        { title: 'PARTITION', cell: (row) => `${several ? `disk ${row.disk + 1}: ` : ''}${nameOf(row)}` },
        { title: 'FILE SYSTEM', cell: filesystemsOf },
        { title: 'SAME (CHUNKS)', cell: sum('same'), align: 'right' },
        { title: 'CHANGED', cell: sum('changed'), align: 'right' },
        { title: `ONLY ${first}`, cell: sum('onlyFirst'), align: 'right' },
        { title: `ONLY ${second}`, cell: sum('onlySecond'), align: 'right' },
        { title: 'TO FETCH', cell: (row) => formatSize(row.fetchBytes), align: 'right' },
      ],
      paint,
    ),
    '',
    `An upgrade from ${first} to ${second} fetches ${formatSize(diff.fetchBytes)}; going back fetches ${formatSize(diff.revertBytes)}.`,
  ];
}

function nameOf({ kind, partition }: Row): string {
  return kind === 'gap' ? 'boot loader' : String(partition);
}

function filesystemsOf({ filesystems: [before, after] }: Row): string {
  return before === after ? (after ?? '') : `${before ?? 'none'} → ${after ?? 'none'}`;
}
