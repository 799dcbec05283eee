import type { Clock } from '../../clock.ts';
import { type MimeoError, toMimeoError } from '../../errors.ts';
import type { CaptureOrder, DeployOrder, Progress } from '../../protocol/index.ts';
import type { HostConsole } from '../console/host-console.ts';
import type { Key } from '../console/keys.ts';
import type { CancelWish } from '../console/state.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import { capture } from './capture.ts';
import { deploy } from './deploy.ts';
import { ProgressMeter } from './progress-meter.ts';
import { TaskCancelled } from './task-cancelled.ts';
import type { TaskContext, TaskResult } from './task-context.ts';
import { TaskReporter } from './task-reporter.ts';

export type Order = DeployOrder | CaptureOrder;

export interface TaskRunParts {
  readonly link: ServerLink;
  readonly console: Pick<HostConsole, 'scene' | 'takeKeys'>;
  readonly neighbours: TaskContext['neighbours'];
  readonly readBack: TaskContext['readBack'];
  readonly trustedKeys: TaskContext['trustedKeys'];
  readonly listDisks: TaskContext['listDisks'];
  readonly log: (line: string) => void;
  readonly clock: Clock;
  readonly now: () => string;
}

export type Outcome =
  | { readonly kind: 'finished'; readonly result: TaskResult }
  | { readonly kind: 'failed'; readonly error: MimeoError; readonly diskTouched: boolean }
  | { readonly kind: 'cancelled'; readonly by: 'host' | 'server'; readonly diskTouched: boolean };

/**
 * Carries out one order while the screen and the server are kept up to date, and tells how it ended. The server has
 * not been told of the end yet.
 *
 * @throws the reason of `signal` when the agent itself is to stop
 */
export async function runTask(order: Order, parts: TaskRunParts, signal: AbortSignal): Promise<Outcome> {
  const { clock, console, link } = parts;
  const meter = new ProgressMeter();
  const wish = new AbortController();
  let cancel: CancelWish = 'no';
  let diskTouched = false;

  const draw = (progress: Progress): void => {
    console.scene({ kind: 'working', task: order.kind, image: order.image.name, progress, cancel });
  };
  const stopFor = (reason: unknown): void => {
    cancel = 'stopping';
    wish.abort(reason);
    draw(meter.latest);
  };
  const onKey = (key: Key): void => {
    if (cancel === 'stopping' || key.kind !== 'char') return;
    const pressed = key.char.toLowerCase();
    if (cancel === 'confirm' && pressed === 'y') {
      stopFor(new TaskCancelled('host'));
      return;
    }
    cancel = pressed === 'c' ? 'confirm' : 'no';
    draw(meter.latest);
  };
  const reporter = new TaskReporter({
    link,
    taskId: order.taskId,
    clock,
    latest: () => meter.latest,
    onCancel: () => {
      if (!wish.signal.aborted) stopFor(new TaskCancelled('server'));
    },
    onRefused: stopFor,
  });
  const context: TaskContext = {
    link,
    neighbours: parts.neighbours,
    readBack: parts.readBack,
    trustedKeys: parts.trustedKeys,
    listDisks: parts.listDisks,
    signal: AbortSignal.any([signal, wish.signal]),
    step: (phase) => draw(meter.step(phase)),
    progress: (progress) => draw(meter.transfer(progress, clock.monotonic())),
    log: (line) => {
      parts.log(line);
      reporter.log(line);
    },
    diskTouched: () => {
      diskTouched = true;
    },
    now: parts.now,
  };

  const letGo = console.takeKeys(onKey);
  reporter.start();
  try {
    const result = await (order.kind === 'deploy' ? deploy(order, context) : capture(order, context));
    return { kind: 'finished', result };
  } catch (thrown) {
    signal.throwIfAborted();
    // A step that was cut off fails in its own words; the wish to stop is what really happened.
    const reason: unknown = wish.signal.aborted ? wish.signal.reason : thrown;
    if (reason instanceof TaskCancelled) return { kind: 'cancelled', by: reason.by, diskTouched };
    const error = toMimeoError(reason);
    context.log(`failed [${error.code}]: ${error.stack ?? error.message}`);
    return { kind: 'failed', error, diskTouched };
  } finally {
    letGo();
    await reporter.stop();
    await reporter.flushLog(AbortSignal.any([signal, AbortSignal.timeout(3000)])).catch((thrown: unknown) => {
      parts.log(`the last lines of the log did not reach the server: ${toMimeoError(thrown).message}`);
    });
  }
}
