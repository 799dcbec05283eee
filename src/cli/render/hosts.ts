import type { HostDetailView, HostView, TimelineEntry } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { formatSize } from '../format/quantity.ts';
import { renderFields, renderTable } from '../format/table.ts';
import { formatAgo, formatMoment, formatSecond } from '../format/time.ts';

export function renderHosts(hosts: readonly HostView[], now: number, paint: Paint): string[] {
  if (hosts.length === 0) {
    return ['No hosts yet. Write them into the manifest, or switch one on with network boot.'];
  }
  const table = renderTable(
    hosts,
    [
      { title: 'NAME', cell: (host) => host.name ?? paint('(unknown)', 'yellow') },
      { title: 'LAB', cell: (host) => host.lab ?? '' },
      { title: 'MAC', cell: (host) => host.macs[0] ?? '' },
      { title: 'IMAGE', cell: (host) => host.image ?? '' },
      { title: 'LAST IMAGED', cell: (host) => lastImaged(host) },
      { title: 'SEEN', cell: (host) => formatAgo(host.lastSeen, now) },
      { title: 'STATE', cell: (host) => host.state },
      { title: '', cell: (host) => (host.conflict === null ? '' : paint(`! ${host.conflict}`, 'red')) },
    ],
    paint,
  );
  return [...table, '', countWords(hosts)];
}

function countWords(hosts: readonly HostView[]): string {
  const unknown = hosts.filter((host) => !host.known).length;
  const total = hosts.length === 1 ? '1 host' : `${hosts.length} hosts`;
  return unknown === 0 ? total : `${total}, ${unknown} of them not known yet`;
}

function lastImaged(host: HostView): string {
  if (host.lastImaged === null) return '';
  return `${host.lastImaged.image}@${host.lastImaged.version}, ${formatMoment(host.lastImaged.at)}`;
}

/** One host with all that happened to it: the answer to "why did this PC not boot?". */
export function renderHost(host: HostDetailView, now: number, paint: Paint): string[] {
  const machine = [host.maker, host.model].filter((word) => word !== null).join(' ');
  const firmware = host.firmware === null ? '' : host.firmware.toUpperCase();
  const memory = host.memoryBytes === null ? '' : `${(host.memoryBytes / 2 ** 30).toFixed(1)} GiB memory`;
  return [
    paint(host.name ?? '(unknown machine)', 'bold'),
    ...renderFields(
      [
        ['state', host.state],
        ['conflict', host.conflict === null ? '' : paint(host.conflict, 'red')],
        ['lab', host.lab ?? ''],
        ['image', host.image ?? ''],
        ['last imaged', lastImaged(host)],
        ['open task', host.taskId ?? ''],
        ['MAC', host.macs.join(', ')],
        ['machine', [machine, firmware, memory].filter((word) => word !== '').join(', ')],
        ['serial', host.serial ?? ''],
        ['UUID', host.uuid ?? ''],
        ...host.disks.map(
          (disk) =>
            [
              'disk',
              [disk.device, formatSize(disk.sizeBytes), disk.model ?? ''].filter(Boolean).join('  '),
            ] as const,
        ),
        ['last seen', formatAgo(host.lastSeen, now)],
        ['id', host.id],
      ],
      paint,
    ),
    '',
    ...renderTimeline(host.timeline, paint),
  ];
}

function renderTimeline(timeline: readonly TimelineEntry[], paint: Paint): string[] {
  if (timeline.length === 0) {
    return [
      'Nothing was ever heard of it: no network boot of its has reached this server.',
      'Check its cable and switch port, that network boot comes first in its firmware, and its MAC in the manifest.',
    ];
  }
  const colour = { info: 'dim', warning: 'yellow', error: 'red' } as const;
  const width = Math.max(...timeline.map(({ kind }) => kind.length));
  return timeline.map(({ at, kind, level, words }) => {
    const mark = level === 'info' ? '' : `${paint(level.toUpperCase(), colour[level])} `;
    return `${paint(formatSecond(at), 'dim')}  ${kind.padEnd(width)}  ${mark}${words}`;
  });
}
