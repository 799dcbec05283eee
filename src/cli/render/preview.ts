import type { Preview } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { renderTable } from '../format/table.ts';

/** What an order would write, machine by machine, and what it cannot do. */
export function renderPreview(preview: Preview, paint: Paint): string[] {
  const machines = renderTable(
    preview.machines,
    [
      { title: 'MACHINE', cell: (machine) => machine.name },
      { title: 'MAC', cell: (machine) => machine.mac },
      { title: 'LAB', cell: (machine) => machine.lab ?? '' },
      { title: 'IMAGE', cell: (machine) => `${machine.image}@${machine.version}` },
      { title: 'DISK', cell: (machine) => machine.disk ?? 'not seen yet' },
    ],
    paint,
  );
  return [
    ...(preview.machines.length > 0 ? machines : []),
    ...renderRefused(preview, paint),
    ...(preview.machines.length > 0 ? ['', `${countWords(preview)} Everything on these disks is lost.`] : []),
  ];
}

function renderRefused({ refused }: Preview, paint: Paint): string[] {
  return refused.flatMap(({ target, message, next }) => [
    `${paint('cannot be done:', 'red')} ${target}: ${message}`,
    `    → ${next}`,
  ]);
}

function countWords({ machines }: Preview): string {
  return machines.length === 1 ? '1 machine.' : `${machines.length} machines.`;
}
