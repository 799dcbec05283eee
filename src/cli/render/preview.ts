import type { Preview } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatSize } from '../format/quantity.ts';
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
      { title: 'TO FETCH', cell: fetchWords },
    ],
    paint,
  );
  const nothing = preview.machines.length + preview.refused.length === 0;
  return [
    ...(nothing ? ['No machine fits what was asked for.'] : []),
    ...(preview.machines.length > 0 ? withPlans(machines, preview) : []),
    ...renderRefused(preview, paint),
    ...leftOut(preview),
    ...(preview.machines.length > 0 ? ['', `${countWords(preview)} ${lossWords(preview)}`] : []),
  ];
}

/** About how much each machine fetches, and why so little. */
function fetchWords({ fetch }: Preview['machines'][number]): string {
  const { bytes, from } = fetch;
  return from === null ? `up to ${formatSize(bytes)}` : `about ${formatSize(bytes)} (has ${from})`;
}

/** What happens to its disk stands right under each machine. */
function withPlans([titles = '', ...rows]: readonly string[], { machines }: Preview): string[] {
  return [
    titles,
    ...rows.flatMap((row, i) => [row, ...(machines[i]?.plan ?? []).map((words) => `    ${words}`)]),
  ];
}

function renderRefused({ refused }: Preview, paint: Paint): string[] {
  return refused.flatMap(({ target, message, next }) => [
    `${paint('cannot be done:', 'red')} ${target}: ${message}`,
    `    → ${next}`,
  ]);
}

/** A line that is wrong is easily missed among thirty machines that are right. */
function leftOut({ manifestProblems }: Preview): string[] {
  if (manifestProblems === 0) return [];
  const lines = manifestProblems === 1 ? '1 line' : `${manifestProblems} lines`;
  return ['', `! ${lines} of the manifest cannot be used: mimeo manifest check`];
}

function lossWords({ keep }: Preview): string {
  return keep.length === 0
    ? 'Everything on these disks is lost.'
    : `Everything on these disks is lost but for ${keep.join(', ')}.`;
}

function countWords({ machines }: Preview): string {
  return machines.length === 1 ? '1 machine.' : `${machines.length} machines.`;
}
