import { MimeoError } from '../../../errors.ts';
import type { FirstBootReport, Package } from '../../settings.ts';
import type { Change } from '../../types.ts';
import type { Context, Part } from '../part.ts';
import { namesIn, removeAt, writeOurs } from '../tree.ts';
import { HOME, LOG, POST_BY_BASH, RUNNER } from './runner.ts';
import { shellQuote } from './shell-quote.ts';
import { START_PATHS, startFiles } from './start.ts';
import { type FirstBootTask, PLAIN_CODES } from './task.ts';

/** How often a step is begun that was interrupted each time. */
const MOST_TRIES = 3;
/** Between two tries, in seconds. */
const PAUSE_SECONDS = 15;
/** How long the server is waited for at the end of each boot, in seconds. */
const PATIENCE_SECONDS = 300;
const COMMAND_SECONDS = 3600;
const WHY = 'what the host does at its first boot';

/** Files that {@link planFirstBoot} looks at; of steps it knows only when it plans, the folder is listed. */
export function pathsOfFirstBoot(tasks: number): string[] {
  const steps = Array.from({ length: tasks }, (_, at) => `${HOME}/steps/${numberOf(at)}.sh`);
  return [
    `${HOME}/*`,
    `${HOME}/steps/*`,
    ...START_PATHS,
    ...['run', 'post.bash', 'settings', 'steps.list'].map((name) => `${HOME}/${name}`),
    ...steps,
  ];
}

/** The commands and packages that the settings name, in their order. */
export function tasksOf({ settings }: Context): FirstBootTask[] {
  return [
    ...(settings.firstBoot?.packages ?? []).map(packageTask),
    ...settings.linux.commands.map(
      (command, at): FirstBootTask => ({
        when: 'with-network',
        name: `Command ${at + 1}`,
        script: `${command}\n`,
        seconds: COMMAND_SECONDS,
      }),
    ),
  ];
}

/** Where the agent brings a package's files; removed at the end with the rest. */
export function packageFolder(index: number): string {
  return `${HOME}/packages/${numberOf(index)}`;
}

function packageTask(one: Package, index: number): FirstBootTask {
  const folder = packageFolder(index);
  const sums = one.files.map(({ path, sha256 }) => `${sha256}  ${path}`).join('\n');
  const there = one.detect?.kind === 'file' ? `[ ! -e ${shellQuote(one.detect.path)} ] || exit 0\n` : '';
  const check =
    one.files.length === 0 ? '' : `printf '%s\\n' ${shellQuote(sums)} | sha256sum -c - || exit 97\n`;
  const enter = one.files.length === 0 ? '' : `cd ${folder} || exit 97\n`;
  return {
    when: 'with-network',
    name: one.name,
    script: `${there}${enter}${check}${one.command}\n`,
    seconds: one.timeoutSeconds,
    codes: {
      success: one.successCodes,
      reboot: one.rebootCodes,
      retry: one.retryCodes,
      retries: one.retries,
    },
  };
}

/** The first boot of a host: its program, its steps, and what starts it. */
export function planFirstBoot({ settings, facts, view }: Context, tasks: readonly FirstBootTask[]): Part {
  const report = settings.firstBoot?.report ?? null;
  if (tasks.length === 0 && report === null) return {};
  const start = startFiles(view, facts);
  if (start === null) {
    return { warnings: ['How this Linux starts is not known, so nothing of its first boot can be done.'] };
  }
  const ordered = [
    ...tasks.filter(({ when }) => when === 'before-logins'),
    ...tasks.filter(({ when }) => when === 'with-network'),
  ];
  const ours = (name: string, text: string): Change => writeOurs(view, `${HOME}/${name}`, text, WHY, 0o600);
  const steps = ordered.map((_, at) => `${numberOf(at)}.sh`);
  const stale = namesIn(view, `${HOME}/steps`).filter((name) => !steps.includes(name));
  return {
    edits: [
      ...['state', 'queue', 'output', ...stale.map((name) => `steps/${name}`)].flatMap((name) =>
        removeAt(view, `${HOME}/${name}`, "the master's own first boot", true),
      ),
      ours('run', RUNNER),
      ours('post.bash', POST_BY_BASH),
      ours('settings', settingsText(report, start.paths, ordered.length + 1)),
      ours('steps.list', ordered.map(stepLine).join('')),
      ...ordered.map(({ script }, at) => ours(`steps/${numberOf(at)}.sh`, script)),
      ...start.edits,
    ],
  };
}

function settingsText(report: FirstBootReport | null, ours: readonly string[], final: number): string {
  const url = report === null ? null : new URL(report.url);
  if (url !== null && !/^https?:$/.test(url.protocol)) {
    throw new MimeoError('personalise-order', 'The first boot can report to an http address only.');
  }
  if (report !== null && !/^[\w.~+/=-]+$/.test(report.token)) {
    throw new MimeoError(
      'personalise-order',
      'The token of the first boot has a character that no header can hold.',
    );
  }
  // Bash's own sockets cannot do TLS.
  const plain = url?.protocol === 'http:' ? url : null;
  const values = {
    url: report?.url ?? '',
    token: report?.token ?? '',
    host: plain?.hostname.replace(/^\[|\]$/g, '') ?? '',
    port: plain === null ? '' : plain.port || '80',
    path: plain?.pathname ?? '',
    log: LOG,
    ours: ours.join(' '),
    final: String(final),
    most: String(MOST_TRIES),
    pause: String(PAUSE_SECONDS),
    patience: String(PATIENCE_SECONDS),
    restart: 'reboot',
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${shellQuote(value)}\n`)
    .join('');
}

function stepLine({ when, seconds, name, codes = PLAIN_CODES }: FirstBootTask, at: number): string {
  const lists = [codes.success, codes.reboot, codes.retry].map((list) => shellQuote(list.join(' ')));
  const quotedName = shellQuote(JSON.stringify(name));
  return `step ${numberOf(at)} ${when} ${seconds} ${lists.join(' ')} ${codes.retries} ${quotedName}\n`;
}

/** `01`, `02`, … */
function numberOf(index: number): string {
  return String(index + 1).padStart(2, '0');
}
