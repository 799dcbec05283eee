import { Option } from 'commander';
import type { DeploymentView } from '../../api/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderDeployment } from '../render/deployment.ts';
import type { Session } from '../session.ts';
import { exitOfEnd, waitForEnd } from '../watch/wait.ts';

export type After = 'reboot' | 'shutdown' | 'stay';

export function afterOption(): Option {
  return new Option('--after <what>', 'what a machine does when it is done').choices([
    'reboot',
    'shutdown',
    'stay',
  ]);
}

/** Prints an order that was taken, or waits for its end and prints that. */
export async function followOrder(session: Session, order: DeploymentView, wait: boolean): Promise<ExitCode> {
  const last = wait ? await waitForEnd(session, order.id) : order;
  // On a terminal the last redrawn block already shows the end.
  if (!(wait && session.terminal.errorsAreTty && session.terminal.outputIsTty && !session.json)) {
    session.print(last, () => [
      ...renderDeployment(last, session.paint),
      ...(wait ? [] : ['', 'Switch the machines on (network boot). Follow them with: mimeo status --watch']),
    ]);
  }
  return wait ? exitOfEnd(last) : EXIT.ok;
}
