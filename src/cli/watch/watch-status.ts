import { renderChanges } from '../render/deployment.ts';
import { type DeploymentProgress, progressOf } from '../render/progress.ts';
import { renderManifestProblems, renderStatus, type WholeStatus } from '../render/status.ts';
import { joined, type Session } from '../session.ts';
import { LiveBlock } from './live-block.ts';
import { patiently } from './patience.ts';
import { pulses } from './pulses.ts';

export async function wholeStatus({ api }: Session): Promise<WholeStatus> {
  const [status, deployments] = await Promise.all([api.status(), api.deployments('open')]);
  return { status, deployments };
}

/** Shows the status until Ctrl-C: redrawn on a terminal, lines of what changed elsewhere, JSON lines. */
export async function watchStatus(session: Session): Promise<never> {
  const { terminal, json, paint } = session;
  const block = new LiveBlock((text) => terminal.out(text), terminal.rows);
  let before: WholeStatus | null = null;
  for await (const _ of pulses(session.api, session.signal)) {
    const whole = await patiently(session, () => wholeStatus(session));
    const text = JSON.stringify(whole);
    if (json && text !== JSON.stringify(before)) terminal.out(joined([text]));
    if (!json && terminal.outputIsTty) block.draw(renderStatus(whole, session.now(), paint));
    if (!json && !terminal.outputIsTty) terminal.out(joined(await changes(session, before, whole)));
    before = whole;
  }
  throw session.signal.reason;
}

/** What is new since the last look; a deployment that is no longer open is asked for its end. */
async function changes(session: Session, before: WholeStatus | null, after: WholeStatus): Promise<string[]> {
  const ended = (before?.deployments ?? []).filter(
    ({ id }) => !after.deployments.some((each) => each.id === id),
  );
  const last = await Promise.all(ended.map(({ id }) => session.api.deployment(id)));
  const old = new Map<string, DeploymentProgress>(
    before?.deployments.map((each) => [each.id, progressOf(each)]),
  );
  const lines = [...after.deployments, ...last].flatMap((each) => [
    ...renderChanges(old.get(each.id) ?? null, progressOf(each)),
    ...(each.open ? [] : [`${each.kind} ${each.id}: ${each.words}`]),
  ]);
  const known = new Set(before === null ? [] : renderManifestProblems(before.status, session.paint));
  const problems = renderManifestProblems(after.status, session.paint).filter((line) => !known.has(line));
  return [...problems, ...lines];
}
