import { MimeoError } from '../../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseRate } from '../format/parse-size.ts';
import { renderJob, renderStore } from '../render/store.ts';
import type { Session } from '../session.ts';
import { followJob } from '../watch/follow-job.ts';
import { type AddCommands, examples } from './runner.ts';

export const addStoreCommands: AddCommands = (program, run) => {
  const store = program.command('store').description('where the images lie, and whether all is well with it');
  store
    .command('status')
    .description(
      'how much is stored, what runs, and how the last jobs ended; exit status 1 when something is lost',
    )
    .addHelpText('before', examples('mimeo store status', 'mimeo store status --json'))
    .action(
      run(async (session) => {
        const status = await session.api.store.status();
        session.print(status, () => renderStore(status, session.now(), session.paint));
        const lost = status.damagedImages.length > 0 || status.brokenImages.length > 0;
        return lost ? EXIT.failure : EXIT.ok;
      }),
    );
  store
    .command('gc')
    .description('delete what no image uses; the server does it once a day by itself')
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .option('--now', 'without any grace: also what is young or in quarantine')
    .option('--yes', 'do not ask')
    .addHelpText('before', examples('mimeo store gc --dry-run', 'mimeo store gc', 'mimeo store gc --now'))
    .action(
      run(async (session, options: { dryRun?: boolean; now?: boolean; yes?: boolean }) => {
        const { dryRun = false, now = false, yes = false } = options;
        if (now && !dryRun && !yes) await agreeToNoGrace(session);
        const job = await session.api.store.request({ kind: 'gc', dryRun, now });
        const ended = await followJob(session, job, 0);
        session.print(ended, () => renderJob(ended, session.paint));
        return EXIT.ok;
      }),
    );
  store
    .command('scrub')
    .description('read every chunk and check it; the server does it once a week by itself, slowly')
    .option('--rate <speed>', 'read at most so much a second, like 50MB/s (default: as fast as the disk)')
    .option('--wait', 'wait for the end; exit status 1 when something is lost')
    .addHelpText('before', examples('mimeo store scrub --rate 50MB/s', 'mimeo store scrub --wait'))
    .action(run(scrub));
  store
    .command('cancel')
    .argument('<job>', 'its id from `mimeo store status`')
    .description('stop a job of the store')
    .addHelpText('before', examples('mimeo store cancel j-2vyavb'))
    .action(
      run(async (session, id: string) => {
        const job = await session.api.store.cancel(id);
        session.print(job, () => renderJob(job, session.paint));
        return EXIT.ok;
      }),
    );
};

async function scrub(session: Session, options: { rate?: string; wait?: boolean }): Promise<ExitCode> {
  const bytesPerSecond = options.rate === undefined ? null : parseRate(options.rate);
  const job = await session.api.store.request({ kind: 'scrub', bytesPerSecond });
  if (options.wait !== true) {
    session.print(job, () => [...renderJob(job, session.paint), 'Follow it with: mimeo store status']);
    return EXIT.ok;
  }
  const { bytes } = await session.api.store.status();
  const ended = await followJob(session, job, bytes);
  session.print(ended, () => renderJob(ended, session.paint));
  return ended.outcome?.sound === false ? EXIT.failure : EXIT.ok;
}

async function agreeToNoGrace({ terminal, json, signal }: Session): Promise<void> {
  const words =
    'Everything that no image, running capture or upload uses would be deleted at once and for good; a capture that was interrupted then has to send all of it again.';
  if (json || !terminal.inputIsTty || !terminal.errorsAreTty) {
    throw new MimeoError('confirmation-needed', `${words} Nobody is here to ask.`, {
      next: 'Give the same command with --yes.',
    });
  }
  terminal.err(`${words}\n`);
  const answer = await terminal.ask('Delete it? [y/N] ', signal);
  if (!/^y(es)?$/i.test(answer)) {
    throw new MimeoError('not-confirmed', 'That was no yes.', { next: 'Nothing was deleted.' });
  }
}
