import type { FirstBootDelivery, FirstBootStep } from '../../first-boot/types.ts';
import type { Change } from '../../types.ts';
import type { Context } from '../part.ts';
import { isThere, namesIn, removeAt, writeOurs } from '../tree.ts';
import { packageDelivery, packageTask } from './package-task.ts';
import { printerTasks } from './printer-task.ts';
import { HOME, POST_BY_BASH, RUNNER } from './runner.ts';
import { settingsText } from './settings-text.ts';
import { shellQuote } from './shell-quote.ts';
import { START_PATHS, startFiles } from './start.ts';
import { type FirstBootTask, PLAIN_CODES } from './task.ts';

const COMMAND_SECONDS = 3600;
const LPADMIN = '/usr/sbin/lpadmin';
const WHY = 'what the host does at its first boot';
/** What may pass beside a step's own time: a retry's pause, a restart. */
const SLACK_SECONDS = 300;
const CLEAN_UP = 'Clean up';
const FILES = ['run', 'post.bash', 'settings', 'started-by', 'steps.list'];

/** The first boot as part of a plan. */
export interface LinuxFirstBoot {
  readonly edits: readonly Change[];
  readonly warnings: readonly string[];
  /** In their order; the last one cleans up. */
  readonly steps: readonly FirstBootStep[];
  readonly deliveries: readonly FirstBootDelivery[];
}

/** Files that {@link planFirstBoot} looks at, with at most so many steps. */
export function pathsOfFirstBoot(most: number): string[] {
  const steps = Array.from({ length: most }, (_, at) => numberOf(at)).flatMap((number) => [
    `${HOME}/steps/${number}.sh`,
    `${HOME}/steps/${number}.unless`,
  ]);
  return [
    `${HOME}/*`,
    `${HOME}/steps/*`,
    LPADMIN,
    ...START_PATHS,
    ...FILES.map((name) => `${HOME}/${name}`),
    ...steps,
  ];
}

/**
 * The first boot of a host: its program, its steps, and what starts it. Other parts' tasks come first, then printers,
 * packages and commands; nothing is written where there is nothing to do and nobody to tell.
 *
 * @throws MimeoError `personalise-order` for what no script can carry
 */
export function planFirstBoot(
  { settings, facts, view }: Context,
  others: readonly FirstBootTask[],
): LinuxFirstBoot {
  const { firstBoot, linux } = settings;
  const packages = firstBoot?.packages ?? [];
  const printers =
    firstBoot === null ? { tasks: [], warnings: [] } : printerTasks(firstBoot, isThere(view, LPADMIN));
  const tasks = [
    ...others,
    ...printers.tasks,
    ...packages.map(packageTask),
    ...linux.commands.map(commandTask),
  ];
  const ordered = [
    ...tasks.filter(({ when }) => when === 'before-logins'),
    ...tasks.filter(({ when }) => when === 'with-network'),
  ];
  const report = firstBoot?.report ?? null;
  if (ordered.length === 0 && report === null) {
    return { edits: [], warnings: printers.warnings, steps: [], deliveries: [] };
  }
  const start = startFiles(view, facts);
  if (start === null) {
    const unknown = 'How this Linux starts is not known, so nothing of its first boot can be done.';
    return { edits: [], warnings: [...printers.warnings, unknown], steps: [], deliveries: [] };
  }
  const scripts = new Map(ordered.flatMap((task, at) => scriptsOf(task, numberOf(at))));
  const stale = namesIn(view, `${HOME}/steps`).filter((name) => !scripts.has(`steps/${name}`));
  const files = new Map([
    ['run', RUNNER],
    ['post.bash', POST_BY_BASH],
    ['settings', settingsText(report, ordered.length + 1)],
    ['started-by', start.paths.map((path) => `${path}\n`).join('')],
    ['steps.list', ordered.map(stepLine).join('')],
    ...scripts,
  ]);
  return {
    edits: [
      ...['state', 'queue', 'output', ...stale.map((name) => `steps/${name}`)].flatMap((name) =>
        removeAt(view, `${HOME}/${name}`, "the master's own first boot", true),
      ),
      ...[...files].map(([name, text]) => writeOurs(view, `${HOME}/${name}`, text, WHY, 0o600)),
      ...start.edits,
    ],
    warnings: printers.warnings,
    steps: [...ordered, { name: CLEAN_UP, seconds: 0 }].map(({ name, seconds }, at) => ({
      step: at + 1,
      name: shortName(name),
      limitSeconds: seconds + SLACK_SECONDS,
    })),
    deliveries: packages.map(packageDelivery),
  };
}

function commandTask(command: string, index: number): FirstBootTask {
  return {
    when: 'with-network',
    name: `Command ${index + 1}`,
    script: `${command}\n`,
    seconds: COMMAND_SECONDS,
  };
}

function scriptsOf({ script, unless }: FirstBootTask, number: string): [name: string, text: string][] {
  return [
    [`steps/${number}.sh`, script],
    ...(unless === undefined ? [] : [[`steps/${number}.unless`, unless] satisfies [string, string]]),
  ];
}

function stepLine({ when, seconds, name, codes = PLAIN_CODES }: FirstBootTask, at: number): string {
  const lists = [codes.success, codes.reboot, codes.retry].map((list) => shellQuote(list.join(' ')));
  const quotedName = shellQuote(JSON.stringify(shortName(name)));
  return `step ${numberOf(at)} ${when} ${seconds} ${lists.join(' ')} ${codes.retries} ${quotedName}\n`;
}

/** As long as a report takes. */
function shortName(name: string): string {
  return name.slice(0, 200);
}

/** `01`, `02`, … */
function numberOf(index: number): string {
  return String(index + 1).padStart(2, '0');
}
