import { EXIT } from '../exit-codes.ts';
import { renderDeployment, renderDeployments } from '../render/deployment.ts';
import { renderRemarks, renderTraffic } from '../render/traffic.ts';
import { followOrder } from './after-order.ts';
import { type AddCommands, examples } from './runner.ts';

export const addDeploymentCommands: AddCommands = (program, run) => {
  const deployment = program.command('deployment').description('orders and their tasks');
  deployment
    .command('list')
    .description('all deployments and captures, newest first')
    .option('--open', 'only those that are not at their end')
    .addHelpText('before', examples('mimeo deployment list --open'))
    .action(
      run(async (session, options: { open?: boolean }) => {
        const found = await session.api.deployments(options.open === true ? 'open' : 'all');
        session.print(found, () => renderDeployments(found, session.paint));
        return EXIT.ok;
      }),
    );
  deployment
    .command('show')
    .argument('<id>')
    .description('one deployment, machine by machine')
    .option('--wait', 'wait for the end')
    .addHelpText(
      'before',
      examples('mimeo deployment show d-2vyavb', 'mimeo deployment show d-2vyavb --wait'),
    )
    .action(
      run(async (session, id: string, options: { wait?: boolean }) => {
        const found = await session.api.deployment(id);
        if (options.wait === true) return await followOrder(session, found, true);
        const traffic = found.kind === 'deploy' && !session.json ? await session.api.traffic(id) : null;
        session.print(found, () => [
          ...renderDeployment(found, session.paint),
          ...(traffic === null ? [] : renderRemarks(found, traffic, session.paint)),
        ]);
        return EXIT.ok;
      }),
    );
  deployment
    .command('traffic')
    .argument('<id>')
    .description('who had how much from whom: the server, the neighbours')
    .addHelpText('before', examples('mimeo deployment traffic d-2vyavb'))
    .action(
      run(async (session, id: string) => {
        const found = await session.api.deployment(id);
        const traffic = await session.api.traffic(id);
        session.print(traffic, () => renderTraffic(found, traffic, session.paint));
        return EXIT.ok;
      }),
    );
  const changes = [
    { change: 'cancel', description: 'stop all its machines, each at the next safe point' },
    { change: 'retry', description: 'do those again that failed or were cancelled' },
  ] as const;
  for (const { change, description } of changes) {
    deployment
      .command(change)
      .argument('<id>')
      .description(description)
      .addHelpText('before', examples(`mimeo deployment ${change} d-2vyavb`))
      .action(
        run(async (session, id: string) => {
          const changed = await session.api.changeDeployment(id, change);
          session.print(changed, () => renderDeployment(changed, session.paint));
          return EXIT.ok;
        }),
      );
  }
};
