import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  FIRST_BOOT_TIMING,
  type FirstBoot,
  type FirstBootPlan,
  type Package,
  planFirstBoot,
} from '../../../src/personalise/index.ts';
import { labNeeds } from '../../needs.ts';
import { StepDesk } from './step-desk.ts';
import { WineHost } from './wine-host.ts';

const TIMING = {
  ...FIRST_BOOT_TIMING,
  retrySeconds: 1,
  setupSeconds: 1,
  restartSeconds: 30,
  sendSeconds: 1,
  sends: 2,
  boots: 3,
};
const FILE_OF_64K = 'for /l %%i in (1,1,1500) do @echo line %%i of what the installer says';

describe('the first boot of a Windows, run by Wine', { skip: labNeeds('wine', 'wineserver', 'nasm') }, () => {
  let host: WineHost;
  let desk: StepDesk;

  before(async () => {
    host = await WineHost.make();
  });
  after(async () => {
    await host.remove();
  });
  beforeEach(async () => {
    await host.fresh();
    desk = new StepDesk();
    await desk.open();
  });

  async function install(
    wanted: Partial<FirstBoot>,
    generation: 'xp' | '7+' = 'xp',
    secrets: string[][] = [],
  ): Promise<FirstBootPlan> {
    const plan = planFirstBoot(
      {
        report: { url: desk.url, token: desk.token },
        printers: [],
        defaultPrinter: null,
        packages: [],
        ...wanted,
      },
      { generation, drive: 'C:' },
      secrets,
      TIMING,
    );
    for (const { path, bytes } of plan.files) {
      await mkdir(dirname(host.path(...path)), { recursive: true });
      await writeFile(host.path(...path), bytes);
    }
    for (const { folder } of plan.deliveries) await mkdir(host.path(...folder), { recursive: true });
    return plan;
  }

  const boot = (): Promise<number | null> =>
    host.run('cmd', '/d', '/c', 'C:\\Mimeo\\first-boot\\service.cmd');

  async function isGone(): Promise<void> {
    // Wine's cmd.exe holds its batch file open, so the folder itself outlives it there, empty.
    const left = await readdir(host.path('Mimeo', 'first-boot')).catch(() => []);
    assert.deepEqual(left, [], 'the service removes itself');
    assert.deepEqual(desk.faults, []);
  }

  test('steps in order: success, another try, a timeout, a failure, and at the end nothing is left', async (t) => {
    t.after(() => desk.close());
    await writeFile(host.path('test', 'answers.xml'), 'a password');
    await mkdir(host.path('test', 'setup'));
    await install(
      {
        packages: [
          software('Schüler-Büro "2"', 'echo one>>C:\\test\\order & echo said & exit 0'),
          software('Busy', 'if exist C:\\test\\busy (exit 0) else (echo x>C:\\test\\busy & exit 1618)'),
          software('Hanging', 'ping -n 50 127.0.0.1>nul & echo late>C:\\test\\late', { timeoutSeconds: 2 }),
          software('Broken', 'echo four>>C:\\test\\order & exit -2147024770'),
          software('Last', FILE_OF_64K),
        ],
      },
      'xp',
      [
        ['test', 'answers.xml'],
        ['test', 'setup'],
        ['test', 'never there'],
      ],
    );
    assert.equal(await boot(), 0);
    await isGone();
    assert.deepEqual(desk.reports, [
      '0 started',
      '0 finished',
      '1 started',
      '1 finished 0',
      '2 started',
      '2 started again (2)',
      '2 finished 0',
      '3 started',
      '3 failed',
      '4 started',
      '4 failed -2147024770',
      '5 started',
      '5 finished 0',
      '6 started',
      '6 finished 0',
    ]);
    assert.deepEqual(await lines('order'), ['one', 'four']);
    assert.equal(desk.names.get(1), 'Schüler-Büro "2"');
    assert.match(desk.tails.get(1) ?? '', /^said \r\n$/);
    assert.match(desk.tails.get(3) ?? '', /Stopped after 2 seconds/);
    const tail = desk.tails.get(5) ?? '';
    assert.equal(tail.length, 4096);
    assert.match(tail, /line 1500 of what the installer says\r\n$/);
    assert.equal(existsSync(host.path('test', 'answers.xml')), false);
    assert.equal(existsSync(host.path('test', 'setup')), false);
    assert.equal((await host.text('Mimeo', 'first-boot.log')).includes(desk.token), false);
    assert.equal((await host.output('tasklist')).includes('ping'), false, 'the whole tree is ended');
    assert.equal(existsSync(host.path('test', 'late')), false);
  });

  test('a restart that a step asks for, one that nobody asked for, and power cuts in the middle of a step', async (t) => {
    t.after(() => desk.close());
    await install({
      packages: [
        software('Wants a restart', 'echo one>>C:\\test\\order & exit 3010'),
        software(
          'Cut off',
          'echo two>>C:\\test\\order & if exist C:\\test\\third (exit 0) else ping -n 40 127.0.0.1',
        ),
        software('Cut off, but there', 'echo x>C:\\test\\there & ping -n 40 127.0.0.1', {
          detect: { kind: 'file', path: 'C:\\test\\there' },
        }),
        software('There before', 'exit 9', {
          detect: {
            kind: 'registry',
            key: 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion',
            value: 'CurrentVersion',
          },
        }),
        software('Never ends well', 'echo five>>C:\\test\\order & ping -n 40 127.0.0.1'),
        software('After it', 'echo six>>C:\\test\\order'),
      ],
    });
    void boot();
    await host.until(async () => (await host.commands()).includes('shutdown -r -f -t 0'));
    await host.powerCut();
    void boot();
    await host.until(async () => (await lines('order')).includes('two'));
    await host.powerCut();
    await writeFile(host.path('test', 'third'), '');
    void boot();
    await host.until(() => existsSync(host.path('test', 'there')));
    await host.powerCut();
    for (const time of [1, 2, 3]) {
      void boot();
      await host.until(async () => (await lines('order')).filter((line) => line === 'five').length === time);
      await host.powerCut();
    }
    assert.equal(await boot(), 0);
    await isGone();
    assert.deepEqual(await lines('order'), ['one', 'two', 'two', 'five', 'five', 'five', 'six']);
    assert.deepEqual(desk.reports, [
      '0 started',
      '0 finished',
      '1 started',
      '1 waiting-for-reboot 3010',
      '1 finished 3010',
      '2 started',
      '2 started again (2)',
      '2 finished 0',
      '3 started',
      '3 finished',
      '4 skipped',
      '5 started',
      '5 started again (2)',
      '5 started again (3)',
      '5 failed',
      '6 started',
      '6 finished 0',
      '7 started',
      '7 finished 0',
    ]);
    assert.match(desk.tails.get(5) ?? '', /Cut off 3 times; not tried again/);
  });

  test('without a server the steps are done, and the reports come later, in their order; refused ones block none', async (t) => {
    t.after(() => desk.close());
    await desk.close();
    await install({ packages: [software('Offline', 'echo one>>C:\\test\\order')] });
    assert.equal(await boot(), 0);
    assert.deepEqual(await lines('order'), ['one']);
    assert.equal((await readdir(host.path('Mimeo', 'first-boot', 'queue'))).length, 6);
    assert.equal(
      existsSync(host.path('Mimeo', 'first-boot', 'packages')),
      false,
      'the packages do not wait for it',
    );

    desk.status = 503;
    await desk.open();
    assert.equal(await boot(), 0);
    assert.equal((await readdir(host.path('Mimeo', 'first-boot', 'queue'))).length, 6);

    desk.status = 204;
    assert.equal(await boot(), 0);
    await isGone();
    assert.deepEqual(desk.reports, [
      '0 started',
      '0 finished',
      '1 started',
      '1 finished 0',
      '2 started',
      '2 finished 0',
    ]);
    assert.deepEqual(await lines('order'), ['one']);

    await host.fresh();
    desk.status = 401;
    await install({ packages: [] });
    assert.equal(await boot(), 0);
    await isGone();
  });

  test('a server that never comes is given up, and the token goes', async (t) => {
    t.after(() => desk.close());
    await desk.close();
    await install({});
    for (const more of [true, true, false]) {
      assert.equal(await boot(), 0);
      assert.equal(existsSync(host.path('Mimeo', 'first-boot', 'settings', 'authorization.txt')), more);
    }
    await isGone();
  });

  async function lines(name: string): Promise<string[]> {
    const text = existsSync(host.path('test', name)) ? await host.text('test', name) : '';
    return text
      .split('\r\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
});

function software(name: string, command: string, more: Partial<Package> = {}): Package {
  return {
    name,
    files: [],
    command,
    successCodes: [0],
    rebootCodes: [3010, 1641],
    retryCodes: [1618],
    retries: 2,
    timeoutSeconds: 60,
    detect: null,
    ...more,
  };
}
