import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseRate } from '../format/parse-size.ts';
import { lastDamage, renderJob, renderStore } from '../render/store.ts';
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
        const lost = status.damagedImages.length > 0 || lastDamage(status.jobs).length > 0;
        return lost ? EXIT.failure : EXIT.ok;
      }),
    );
  store
    .command('gc')
    .description('delete what no image uses; the server does it once a day by itself')
    .option('--dry-run', 'say what would be deleted, and delete nothing')
    .addHelpText('before', examples('mimeo store gc --dry-run', 'mimeo store gc'))
    .action(
      run(async (session, options: { dryRun?: boolean }) => {
        const job = await session.api.store.request({ kind: 'gc', dryRun: options.dryRun ?? false });
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
