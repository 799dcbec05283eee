import type { Clock } from '../clock.ts';
import { chooseDisk, type DiskInfo } from '../disk/index.ts';
import { MimeoError, toMimeoError } from '../errors.ts';
import type { PublicKey } from '../image/index.ts';
import type { After, AskOrder, Work } from '../protocol/index.ts';
import type { HostConsole } from './console/host-console.ts';
import { sizeWords } from './console/words.ts';
import type { Power } from './power.ts';
import { ask } from './prompt/ask.ts';
import type { PromptFacts } from './prompt/prompt-state.ts';
import type { ServerLink } from './server-link/server-link.ts';
import type { Neighbours } from './swarm/neighbours.ts';
import { afterOf, reportOf, sceneOf } from './task/end-of-task.ts';
import { type Order, runTask } from './task/task-run.ts';

export interface WorkLoopParts {
  readonly link: ServerLink;
  readonly console: HostConsole;
  readonly clock: Clock;
  readonly power: Power;
  readonly listDisks: () => Promise<readonly DiskInfo[]>;
  readonly log: (line: string) => void;
  /** ISO 8601, by the server's clock. */
  readonly now: () => string;
  readonly farewellMs: number;
  /** The key that the boot script named; it outweighs what a hello says. */
  readonly pinnedKey: PublicKey | null;
  /** Joins the hosts that are being deployed; null: chunks come from the server alone. */
  readonly meetNeighbours: (() => Neighbours) | null;
  readonly readBack: boolean;
}

/** A server that answers "idle" at once is not asked more often than this. */
const PACE_MS = 1000;
/** After a refusal that does not pass by itself the server is asked again, in case somebody saw to it. */
const AFTER_REFUSAL_MS = 10_000;

/**
 * Asks for work and carries it out, until the machine goes down or `signal` is aborted (which throws its reason).
 * Nothing that goes wrong ends the loop: it is shown, and the server asked again.
 */
export async function workLoop(parts: WorkLoopParts, signal: AbortSignal): Promise<void> {
  const { clock, console, link } = parts;
  /** The end of a task stands on the screen until there is other work. */
  let showsEnd = false;
  for (;;) {
    const askedAt = clock.monotonic();
    try {
      await link.hello(signal);
      if (console.state.scene.kind === 'starting')
        console.scene({ kind: 'waiting', words: 'Asking for work' });
      const work = await link.work(signal);
      const next = await doWork(work, showsEnd, parts, signal);
      if (next === 'gone') return;
      showsEnd = next === 'ended' || (showsEnd && next === 'nothing');
      if (next !== 'nothing') continue;
    } catch (thrown) {
      signal.throwIfAborted();
      const { code, message, next, kind } = toMimeoError(thrown);
      parts.log(`error [${code}]: ${message}`);
      console.scene({
        kind: 'failed',
        failure: { code, message, next, kind },
        after: 'The machine tries again.',
      });
      showsEnd = false;
      await clock.delay(AFTER_REFUSAL_MS, signal);
    }
    await clock.delay(Math.max(0, PACE_MS - (clock.monotonic() - askedAt)), signal);
  }
}

type Next = 'gone' | 'ended' | 'again' | 'nothing';

async function doWork(
  work: Work,
  showsEnd: boolean,
  parts: WorkLoopParts,
  signal: AbortSignal,
): Promise<Next> {
  switch (work.kind) {
    case 'idle':
      if (!showsEnd) parts.console.scene({ kind: 'waiting', words: work.words });
      return 'nothing';
    case 'boot-local':
      // A host that stays after its task, or shows why it failed, is not sent off by there being nothing to do.
      return showsEnd ? 'nothing' : goDown('reboot', work.words, parts, signal);
    case 'power':
      return goDown(work.after, work.words, parts, signal);
    case 'ask':
      if ((await ask(await factsFor(work, parts), parts, signal)) === 'own-disk') {
        return goDown('reboot', 'It starts its own disk', parts, signal);
      }
      parts.console.scene({ kind: 'waiting', words: 'The answer was taken' });
      return 'again';
    case 'deploy':
    case 'capture':
      return carryOut(work, parts, signal);
  }
}

async function carryOut(order: Order, parts: WorkLoopParts, signal: AbortSignal): Promise<Next> {
  const neighbours = order.kind === 'deploy' ? (parts.meetNeighbours?.() ?? null) : null;
  try {
    return await carryOutAmong(neighbours, order, parts, signal);
  } finally {
    await neighbours?.stop();
  }
}

async function carryOutAmong(
  neighbours: Neighbours | null,
  order: Order,
  parts: WorkLoopParts,
  signal: AbortSignal,
): Promise<Next> {
  const { console, link, log } = parts;
  log(`${order.kind} task ${order.taskId} attempt ${order.attempt} image ${order.image.name}`);
  console.update({ host: { ...console.state.host, name: order.host.name, lab: order.host.lab } });
  const { indexKeys } = await link.hello(signal);
  const trustedKeys = parts.pinnedKey === null ? indexKeys : [parts.pinnedKey];
  const outcome = await runTask(order, { ...parts, neighbours, trustedKeys }, signal);
  console.scene(sceneOf(order, outcome));
  // The machine stays until the server knows how it ended, however long the server is away.
  await link.report(order.taskId, reportOf(outcome), signal).catch((thrown: unknown) => {
    signal.throwIfAborted();
    log(`the server did not take the end of the task (${outcome.kind}): ${toMimeoError(thrown).message}`);
  });
  log(`task ${order.taskId} ${outcome.kind}`);
  if (outcome.kind === 'finished' && neighbours !== null) {
    const seconds = await neighbours.linger(signal);
    log(`sent ${neighbours.servedBytes} bytes to neighbours, and stayed ${seconds.toFixed(1)} s for them`);
  }
  const after = afterOf(order, outcome);
  if (after === 'stay') return 'ended';
  await switchPower(after, parts, signal);
  return 'gone';
}

async function goDown(after: After, words: string, parts: WorkLoopParts, signal: AbortSignal): Promise<Next> {
  if (after === 'stay') {
    parts.console.scene({ kind: 'waiting', words });
    return 'nothing';
  }
  parts.console.scene({ kind: 'leaving', words });
  await switchPower(after, parts, signal);
  return 'gone';
}

async function switchPower(
  after: Exclude<After, 'stay'>,
  { clock, farewellMs, log, power }: WorkLoopParts,
  signal: AbortSignal,
): Promise<void> {
  await clock.delay(farewellMs, signal);
  log(after);
  await (after === 'reboot' ? power.reboot() : power.shutdown());
}

/** Which disk the prompt speaks of; the order itself names none, so the disk room's own rule decides. */
async function factsFor(order: AskOrder, { listDisks }: WorkLoopParts): Promise<PromptFacts> {
  try {
    const { device, model, sizeBytes } = chooseDisk(await listDisks());
    return {
      order,
      disk: { words: `${[model, device].filter(Boolean).join(' ')}, ${sizeWords(sizeBytes)}` },
    };
  } catch (thrown) {
    if (!(thrown instanceof MimeoError)) throw thrown;
    return { order, disk: { problem: `${thrown.message} ${thrown.next}` } };
  }
}
