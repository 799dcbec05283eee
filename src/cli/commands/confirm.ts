import type { Preview } from '../../api/index.ts';
import { MimeoError } from '../../errors.ts';
import { renderPreview } from '../render/preview.ts';
import { joined, type Session } from '../session.ts';

/**
 * The word that has to be typed before more than one machine is written: the lab when all are of one lab,
 * else `all`; null for a single machine.
 */
export function wordToType({ machines }: Preview): string | null {
  if (machines.length <= 1) return null;
  const labs = new Set(machines.map((machine) => machine.lab));
  const [lab = null] = labs;
  return labs.size === 1 && lab !== null ? lab : 'all';
}

/** Shows what will be written and asks for it at the terminal; without one it refuses. */
export async function confirm(session: Session, preview: Preview): Promise<void> {
  const { terminal, json } = session;
  if (json || !terminal.inputIsTty || !terminal.errorsAreTty) {
    const count = preview.machines.length === 1 ? '1 machine' : `${preview.machines.length} machines`;
    throw new MimeoError(
      'confirmation-needed',
      `This would write the disks of ${count}, and nobody is here to ask.`,
    );
  }
  terminal.err(joined(renderPreview(preview, session.paintErrors)));
  const word = wordToType(preview);
  const question = word === null ? 'Go on? [y/N] ' : `Type ${word} to go on: `;
  const answer = await terminal.ask(question, session.signal);
  const agreed = word === null ? /^y(es)?$/i.test(answer) : answer.toLowerCase() === word.toLowerCase();
  if (!agreed) throw new MimeoError('not-confirmed', 'That was no yes.');
}
