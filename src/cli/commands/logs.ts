import { setTimeout as delay } from 'node:timers/promises';
import { MimeoError } from '../../errors.ts';
import { renderEvent } from '../render/events.ts';
import { joined, type Session } from '../session.ts';
import { patiently } from '../watch/patience.ts';
import { type AddCommands, examples } from './runner.ts';

const RECONNECT_MS = 500;

export const addLogsCommand: AddCommands = (program, run) => {
  program
    .command('logs')
    .description('everything that happens, as it happens, until Ctrl-C')
    .option('-f, --follow', 'what it does anyway')
    .option('--since <id>', 'begin after this event, as far back as the server remembers')
    .addHelpText('before', examples('mimeo logs -f', 'mimeo logs --since 0 --json'))
    .action(run((session, options: { since?: string }) => follow(session, options.since)));
};

/** Prints events for ever; a restarted server is met again where its stream broke off. */
async function follow(session: Session, since: string | undefined): Promise<never> {
  let last = since === undefined ? null : eventId(since);
  while (true) {
    last = await patiently(session, () => printEvents(session, last));
    await delay(RECONNECT_MS, undefined, { signal: session.signal }).catch(() => {
      throw session.signal.reason;
    });
  }
}

/** @throws MimeoError `not-understood` */
function eventId(text: string): number {
  const id = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new MimeoError('not-understood', `"${text}" is no number of an event.`, {
    next: 'Numbers stand in the output of: mimeo logs --json; 0 means all that the server remembers.',
  });
}

/** @returns the id of the last event printed */
async function printEvents(session: Session, since: number | null): Promise<number | null> {
  const { terminal, json, paint } = session;
  let last = since;
  for await (const event of session.api.events(since)) {
    terminal.out(joined([json ? JSON.stringify(event) : renderEvent(event, paint)]));
    last = event.id;
  }
  return last;
}
