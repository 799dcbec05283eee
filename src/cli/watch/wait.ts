import type { DeploymentView, TaskView } from '../../api/index.ts';
import { Interrupted } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderChanges, renderDeployment } from '../render/deployment.ts';
import { type DeploymentProgress, progressOf } from '../render/progress.ts';
import { joined, type Session } from '../session.ts';
import { LiveBlock } from './live-block.ts';
import { patiently } from './patience.ts';
import { pulses } from './pulses.ts';

const ENDED: ReadonlySet<TaskView['status']> = new Set(['done', 'failed', 'cancelled']);

/**
 * Waits until every task of a deployment has ended, with its progress on standard error: redrawn on a
 * terminal, a line per change elsewhere, one JSON object a line under `--json`.
 */
export async function waitForEnd(session: Session, id: string): Promise<DeploymentView> {
  const show = progressPrinter(session);
  try {
    for await (const _ of pulses(session.api, session.signal)) {
      const deployment = await patiently(session, () => session.api.deployment(id));
      show(deployment);
      if (deployment.tasks.every((task) => ENDED.has(task.status))) return deployment;
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
  throw new Interrupted(
    `The deployment goes on. Follow it: mimeo status --watch; stop it: mimeo deployment cancel ${id}`,
  );
}

/** 0 when all machines are done, 1 when none is, 5 in between. */
export function exitOfEnd({ counts }: DeploymentView): ExitCode {
  if (counts.done === counts.total) return EXIT.ok;
  return counts.done === 0 ? EXIT.failure : EXIT.partial;
}

function progressPrinter({ terminal, json, paintErrors }: Session): (deployment: DeploymentView) => void {
  const block = new LiveBlock((text) => terminal.err(text), terminal.rows);
  let before: DeploymentProgress | null = null;
  return (deployment) => {
    const after = progressOf(deployment);
    if (json) {
      const changed = JSON.stringify(after) !== JSON.stringify(before);
      if (changed) terminal.err(joined([JSON.stringify({ progress: after })]));
    } else if (terminal.errorsAreTty) {
      block.draw(renderDeployment(deployment, paintErrors));
    } else {
      terminal.err(joined(renderChanges(before, after)));
    }
    before = after;
  };
}
