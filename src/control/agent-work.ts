import type { Clock } from '../clock.ts';
import type { TaskRow } from '../db/index.ts';
import { ENDED, type TaskEvent } from '../deployment/index.ts';
import { MimeoError, toMimeoError } from '../errors.ts';
import type { HostSettings } from '../personalise/index.ts';
import type { Report, ReportReply, Work } from '../protocol/index.ts';
import type { AgentSessions } from './agent-sessions.ts';
import type { EventHub } from './event-hub.ts';
import type { HostDirectory } from './host-directory.ts';
import type { HostProfiles } from './host-profiles.ts';
import { OrderLine } from './order-line.ts';
import type { ScreenQuestion } from './screen-question.ts';
import type { TaskBoard } from './task-board.ts';

/** What agents are told to do, and what they tell of doing it. */
export class AgentWork {
  readonly #sessions: AgentSessions;
  readonly #board: TaskBoard;
  readonly #directory: HostDirectory;
  readonly #question: ScreenQuestion;
  readonly #profiles: HostProfiles;
  readonly #hub: EventHub;
  readonly #clock: Clock;
  readonly #line: OrderLine;

  constructor(ports: {
    sessions: AgentSessions;
    board: TaskBoard;
    directory: HostDirectory;
    question: ScreenQuestion;
    profiles: HostProfiles;
    hub: EventHub;
    clock: Clock;
  }) {
    this.#sessions = ports.sessions;
    this.#board = ports.board;
    this.#directory = ports.directory;
    this.#question = ports.question;
    this.#profiles = ports.profiles;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#line = new OrderLine(ports.clock);
  }

  /** What this host has to do; waits for something until the signal ends it, then answers `idle`. */
  async next(hostId: string, signal: AbortSignal): Promise<Work> {
    for (;;) {
      const work = await this.#now(hostId);
      if (work !== null) return work;
      if (signal.aborted) return { kind: 'idle', words: 'Nothing to do at the moment.' };
      await this.#board.changed(hostId, signal);
    }
  }

  /** Takes a report; the answer tells the agent whether to stop. */
  async report(hostId: string, taskId: string, report: Report): Promise<ReportReply> {
    const task = await this.#board.get(taskId);
    if (task.host_id !== hostId)
      throw new MimeoError('not-allowed', `Task ${taskId} belongs to another host.`);
    if (report.kind === 'log') {
      await this.#log(task, report.lines);
    } else {
      await this.#board.apply(taskId, this.#eventOf(task, report));
    }
    const { status } = (await this.#board.get(taskId)).state;
    return { cancel: status === 'cancelling' || status === 'cancelled' || status === 'failed' };
  }

  async #now(hostId: string): Promise<Work | null> {
    const task = this.#board.ofHost(hostId);
    if (task !== null) return this.#hand(task);
    const session = await this.#sessions.session(hostId);
    if (session.tookTask || session.answered) return null;
    const host = await this.#directory.get(hostId);
    if (session.why === 'ask' || host.known === 0) return this.#question.ask(host);
    return { kind: 'boot-local', words: 'There is nothing to do for this computer.' };
  }

  async #hand(task: TaskRow): Promise<Work | null> {
    await this.#line.turn();
    const state = await this.#board.apply(task.id, { type: 'taken', at: this.#clock.now() });
    await this.#sessions.note(task.host_id, { tookTask: true });
    if (state.status === 'cancelled')
      return { kind: 'power', after: task.after, words: 'The task was cancelled.' };
    if (ENDED.has(state.status)) return null;
    const host = await this.#directory.get(task.host_id);
    // The manifest may have renamed it since the order: what it says now is what the host becomes.
    const name = host.name ?? task.host_name;
    if (name !== task.host_name) await this.#board.rename(task.id, name);
    const common = {
      taskId: task.id,
      attempt: state.attempts,
      host: { name, lab: host.lab },
      disk: task.disk.rule,
      after: task.after,
    };
    if (state.kind === 'capture' || task.version === null) {
      const { all: allDisks } = task.disk;
      return { ...common, kind: 'capture', image: { name: task.image }, notes: task.notes, allDisks };
    }
    const image = { name: task.image, version: task.version };
    let personalise: HostSettings;
    try {
      const look = await this.#profiles.look();
      personalise = look.settings(host, { name, image: image.name, version: image.version });
    } catch (thrown) {
      // Right when it was ordered, and changed since: nothing is written to the disk of a host that would end wrong.
      const failure = toMimeoError(thrown).toJSON();
      await this.#board.apply(task.id, { type: 'failed', at: this.#clock.now(), failure });
      return { kind: 'power', after: 'stay', words: `${failure.message} ${failure.next}` };
    }
    return {
      ...common,
      kind: 'deploy',
      image,
      keep: [...task.disk.keep],
      grow: task.disk.grow,
      personalise,
    };
  }

  #eventOf(task: TaskRow, report: Exclude<Report, { kind: 'log' }>): TaskEvent {
    const at = this.#clock.now();
    switch (report.kind) {
      case 'progress':
        return { type: 'progress', at, progress: report.progress };
      case 'failed':
        return { type: 'failed', at, failure: report.failure };
      case 'cancelled':
        return {
          type: 'cancelled',
          at,
          by: report.by === 'host' ? 'somebody at its screen' : 'a technician',
        };
      case 'finished':
        if (task.state.kind === 'capture' && task.version === null) {
          throw new MimeoError('not-allowed', 'This capture has not committed its image.');
        }
        return { type: 'finished', at, words: report.words, warnings: report.warnings };
    }
  }

  async #log(task: TaskRow, lines: readonly string[]): Promise<void> {
    for (const words of lines) {
      const about = { hostId: task.host_id, taskId: task.id };
      await this.#hub.publish('host', { kind: 'log', level: 'info', words, ...about });
    }
  }
}
