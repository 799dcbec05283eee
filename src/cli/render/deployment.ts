import type { DeploymentView, TaskView } from '../../api/index.ts';
import type { Colour, Paint } from '../format/paint.ts';
import { formatSize, formatSpeed } from '../format/quantity.ts';
import { renderTable } from '../format/table.ts';
import { formatDuration, formatMoment } from '../format/time.ts';
import { type DeploymentProgress, progressOf, type TaskProgress } from './progress.ts';

const STATUS: Readonly<Record<TaskView['status'], { words: string; colour: Colour }>> = {
  waiting: { words: 'waiting', colour: 'dim' },
  booting: { words: 'booting', colour: 'blue' },
  running: { words: 'running', colour: 'blue' },
  cancelling: { words: 'cancelling', colour: 'yellow' },
  lost: { words: 'silent', colour: 'yellow' },
  done: { words: 'done', colour: 'green' },
  failed: { words: 'FAILED', colour: 'red' },
  cancelled: { words: 'cancelled', colour: 'yellow' },
};

/** A deployment with a line for each machine, and what to do under each that failed. */
export function renderDeployment(deployment: DeploymentView, paint: Paint): string[] {
  return [renderHeading(deployment, paint), ...renderTasks(progressOf(deployment), paint)];
}

/** "deploy d-7 (by root, 2026-11-23 14:00, open until 22:00, the server sends at most 5.00 MB/s): 1 of 3 done" */
function renderHeading(deployment: DeploymentView, paint: Paint): string {
  const until = deployment.open && deployment.opensUntil !== null;
  const facts = [
    `by ${deployment.orderedBy}`,
    formatMoment(deployment.createdAt),
    ...(until ? [`open until ${formatMoment(deployment.opensUntil)}`] : []),
    ...limitWords('the server sends', deployment.limit),
    ...limitWords('each machine takes', deployment.hostLimit),
  ];
  const heading = paint(`${deployment.kind} ${deployment.id}`, 'bold');
  return `${heading} (${facts.join(', ')}): ${deployment.words}`;
}

function limitWords(what: string, bytesPerSecond: number | null): string[] {
  return bytesPerSecond === null ? [] : [`${what} at most ${formatSpeed(bytesPerSecond)}`];
}

function renderTasks(progress: DeploymentProgress, paint: Paint): string[] {
  const table = renderTable(
    progress.tasks,
    [
      { title: '  HOST', cell: (task) => `  ${task.host}` },
      { title: 'STATUS', cell: (task) => paint(STATUS[task.status].words, STATUS[task.status].colour) },
      { title: 'PHASE', cell: (task) => task.phase ?? '' },
      { title: 'DONE', cell: (task) => (task.percent === null ? '' : `${task.percent} %`), align: 'right' },
      {
        title: 'SPEED',
        cell: ({ bytesPerSecond: speed }) => (speed === null || speed === 0 ? '' : formatSpeed(speed)),
        align: 'right',
      },
      { title: 'FETCHED', cell: (task) => bytesWords(task.networkBytes), align: 'right' },
      { title: 'REUSED', cell: (task) => bytesWords(task.reusedBytes), align: 'right' },
      { title: 'LEFT', cell: (task) => leftWords(task) },
      { title: 'TASK', cell: (task) => task.task },
      { title: '', cell: (task) => (task.phase === null ? task.words : '') },
    ],
    paint,
  );
  const [titles = '', ...rows] = table;
  // What to do stands right under the machine that needs it.
  return [titles, ...rows.flatMap((row, index) => [row, ...nextStep(progress.tasks[index], paint)])];
}

function nextStep(task: TaskProgress | undefined, paint: Paint): string[] {
  return task?.status === 'failed' && task.next !== null ? [`    ${paint('→', 'red')} ${task.next}`] : [];
}

function bytesWords(bytes: number): string {
  return bytes === 0 ? '' : formatSize(bytes);
}

function leftWords(task: TaskProgress): string {
  return task.secondsLeft === null ? '' : formatDuration(task.secondsLeft);
}

/** One line per machine whose state has changed since, for places that cannot redraw (logs, pipes). */
export function renderChanges(before: DeploymentProgress | null, after: DeploymentProgress): string[] {
  const known = new Map(before?.tasks.map((task) => [task.task, task]));
  return after.tasks.flatMap((task) => {
    const old = known.get(task.task);
    if (old !== undefined && stage(old) === stage(task)) return [];
    const share = task.percent === null ? '' : ` ${task.percent} %`;
    const doing = task.phase === null ? task.words : `${task.phase}${share}`;
    const next = task.status === 'failed' && task.next !== null ? ` → ${task.next}` : '';
    const status = STATUS[task.status].words;
    return [`${task.host}: ${doing === '' || doing === status ? status : `${status}: ${doing}`}${next}`];
  });
}

/** What makes a new line: another status, another phase, another quarter of the way. */
function stage({ status, phase, percent }: TaskProgress): string {
  return `${status} ${phase ?? ''} ${percent === null ? '' : Math.floor(percent / 25)}`;
}

/** Deployments as a list, one line each. */
export function renderDeployments(deployments: readonly DeploymentView[], paint: Paint): string[] {
  if (deployments.length === 0) return ['No deployments.'];
  return renderTable(
    deployments,
    [
      { title: 'ID', cell: (each) => each.id },
      { title: 'KIND', cell: (each) => each.kind },
      { title: 'ORDERED', cell: (each) => formatMoment(each.createdAt) },
      { title: 'BY', cell: (each) => each.orderedBy },
      { title: 'STATE', cell: (each) => (each.open ? 'open' : 'ended') },
      { title: '', cell: (each) => each.words },
    ],
    paint,
  );
}
