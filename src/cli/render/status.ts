import type { DeploymentView, StatusView } from '../../api/index.ts';
import type { Paint } from '../format/paint.ts';
import { renderFields } from '../format/table.ts';
import { formatAgo, formatMoment } from '../format/time.ts';
import { renderDeployment } from './deployment.ts';

export interface WholeStatus {
  readonly status: StatusView;
  /** The open ones. */
  readonly deployments: readonly DeploymentView[];
}

/** The server on one screen: what it serves, what is wrong in the manifest, what is being done. */
export function renderStatus({ status, deployments }: WholeStatus, now: number, paint: Paint): string[] {
  const { manifest } = status;
  const rows = manifest.rows === 1 ? '1 host' : `${manifest.rows} hosts`;
  const dhcp = status.dhcpServers.length > 0 ? status.dhcpServers.join(', ') : 'none found';
  return [
    paint(`Mimeo ${status.version}`, 'bold'),
    ...renderFields(
      [
        ['serves', `${status.interface}, ${status.address}`],
        ['DHCP server', dhcp],
        ['running since', formatMoment(status.startedAt)],
        ['hosts', String(status.hosts)],
        ['images', String(status.images)],
        ['manifest', `${manifest.path}: ${rows}, read ${formatAgo(manifest.readAt, now)}`],
      ],
      paint,
    ),
    ...renderFirstProblems(status, paint),
    '',
    ...(deployments.length === 0 ? ['No open deployments.'] : []),
    ...deployments.flatMap((each, index) => [...(index > 0 ? [''] : []), ...renderDeployment(each, paint)]),
  ];
}

/** Problems that a screen has room for beside everything else. */
const SHOWN_PROBLEMS = 3;

function renderFirstProblems(status: StatusView, paint: Paint): string[] {
  const { problems } = status.manifest;
  const first = { ...status, manifest: { ...status.manifest, problems: problems.slice(0, SHOWN_PROBLEMS) } };
  const more = problems.length - SHOWN_PROBLEMS;
  return [
    ...renderManifestProblems(first, paint),
    ...(more > 0 ? [paint(`… and ${more} more in the manifest: mimeo manifest check`, 'red')] : []),
  ];
}

/** One line per problem as editors understand it (file:line:column), and one with what to do. */
export function renderManifestProblems({ manifest }: StatusView, paint: Paint): string[] {
  return manifest.problems.flatMap(({ line, column, message, next }) => [
    `${manifest.path}:${line}:${column}: ${paint(message, 'red')}`,
    `    → ${next}`,
  ]);
}
