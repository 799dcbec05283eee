import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  FIRST_BOOT_TIMING,
  type FirstBoot,
  type FirstBootPlan,
  type Package,
  planFirstBoot,
} from '../../../src/personalise/index.ts';
import { stepReportSchema } from '../../../src/protocol/index.ts';
import { labNeeds } from '../../needs.ts';
import { WineHost } from './wine-host.ts';

const TIMING = {
  ...FIRST_BOOT_TIMING,
  retrySeconds: 1,
  setupSeconds: 1,
  restartSeconds: 1,
  sendSeconds: 1,
  sends: 2,
};
const SHARED = { kind: 'shared', name: 'Büro', path: '\\\\print1\\Büro 2' } as const;
const DIRECT = {
  kind: 'direct',
  name: 'Lab laser',
  address: '192.0.2.9',
  driver: 'PCL 6',
  inf: 'hp/laser.inf',
} as const;
const SUM = '5e'.repeat(32);

describe('the steps of a first boot, run by Wine', { skip: labNeeds('wine', 'wineserver', 'nasm') }, () => {
  let host: WineHost;

  before(async () => {
    host = await WineHost.make();
  });
  after(async () => {
    await host.remove();
  });
  beforeEach(async () => {
    await host.fresh();
  });

  async function install(generation: 'xp' | '7+', wanted: Partial<FirstBoot>): Promise<FirstBootPlan> {
    const plan = planFirstBoot(
      { report: null, printers: [], defaultPrinter: null, packages: [], ...wanted },
      { generation, drive: 'C:' },
      [],
      TIMING,
    );
    for (const { path, bytes } of plan.files) {
      await mkdir(dirname(host.path(...path)), { recursive: true });
      await writeFile(host.path(...path), bytes);
    }
    return plan;
  }

  const step = (id: string): Promise<number | null> =>
    host.run('cmd', '/d', '/c', `C:\\Mimeo\\first-boot\\steps\\${id}\\run.cmd`);

  test('what starts it: a service on XP, a task on 7 and later, and a service there too when the task is refused', async () => {
    const register = (plan: FirstBootPlan): Promise<number | null> =>
      host.run(...plan.startCommand.split(' '));
    const service = (): Promise<string> =>
      host.output('reg', 'query', 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\MimeoFirstBoot');
    assert.equal(await register(await install('xp', {})), 0);
    assert.match(
      await service(),
      /ImagePath\s+REG_SZ\s+cmd\.exe \/d \/c start "Mimeo" \/min cmd\.exe \/d \/c C:\\Mimeo\\first-boot\\service\.cmd\r/,
    );
    await host.run('cmd', '/d', '/c', 'C:\\Mimeo\\first-boot\\unregister.cmd');
    assert.doesNotMatch(await service(), /ImagePath/);

    const plan = await install('7+', {});
    assert.equal(await register(plan), 0);
    assert.doesNotMatch(await service(), /ImagePath/);
    assert.deepEqual(await host.commands(), [
      'schtasks /create /tn MimeoFirstBoot /xml "C:\\Mimeo\\first-boot\\task.xml" /f',
    ]);
    await host.standIn('schtasks', 1);
    assert.equal(await register(plan), 0);
    assert.match(await service(), /Start\s+REG_DWORD\s+0x2/);
    await host.run('cmd', '/d', '/c', 'C:\\Mimeo\\first-boot\\unregister.cmd');
    assert.doesNotMatch(await service(), /ImagePath/);
    assert.equal((await host.commands()).at(-1), 'schtasks /delete /tn MimeoFirstBoot /f');
  });

  test('printers: the entry of a shared one, port and driver of a direct one, and that it is there', async () => {
    await install('xp', { printers: [SHARED, DIRECT], defaultPrinter: 'Büro' });
    assert.equal(await step('01'), 0);
    const connections = await host.output(
      'reg',
      'query',
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Print\\Connections',
      '/s',
    );
    assert.match(connections, /,,print1,B.*ro 2\r/);
    assert.match(connections, /Server\s+REG_SZ\s+\\\\print1\r/);
    assert.deepEqual(await host.commands(), ['net stop spooler', 'net start spooler']);

    assert.equal(await step('02'), 1, 'printui said nothing, and the printer is not there');
    assert.equal(
      (await host.commands()).at(-1),
      'rundll32 printui.dll,PrintUIEntry /if /b "Lab laser" /f "C:\\Drivers\\hp\\laser.inf" /r "IP_192.0.2.9" /m "PCL 6" /u /q',
    );
    const port = await host.output(
      'reg',
      'query',
      'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Print\\Monitors\\Standard TCP/IP Port\\Ports\\IP_192.0.2.9',
    );
    assert.match(port, /IPAddress\s+REG_SZ\s+192\.0\.2\.9\r/);
    assert.match(port, /PortNumber\s+REG_DWORD\s+0x238c\r/);
    const printers = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Print\\Printers\\Lab laser';
    await host.run('reg', 'add', printers, '/v', 'Name', '/d', 'Lab laser', '/f');
    assert.equal(await step('02'), 0);

    await host.standIn('net', 2);
    assert.equal(await step('01'), 1, 'a spooler that does not start is told');
  });

  test('the default printer is put into the profile that new users start from', async () => {
    await install('7+', { printers: [SHARED], defaultPrinter: 'Büro' });
    await mkdir(host.path('test', 'new user'));
    await writeFile(host.path('test', 'new user', 'NTUSER.DAT'), '');
    // Wine's reg can neither load nor unload a hive.
    await host.standIn('reg');
    await writeFile(
      host.path('shims', 'output.txt'),
      '    Default    REG_EXPAND_SZ    %SystemDrive%\\test\\new user\r\n',
    );
    assert.equal(await step('02'), 0);
    assert.deepEqual(
      (await host.commands()).slice(1).map((line) => line.trim()),
      [
        'reg unload HKU\\MimeoDefault',
        'reg load HKU\\MimeoDefault "C:\\test\\new user\\NTUSER.DAT"',
        'reg import "C:\\Mimeo\\first-boot\\steps\\02\\default.reg"',
        'reg unload HKU\\MimeoDefault',
      ],
    );
    await rm(host.path('shims', 'reg.exe'));
    await host.run('reg', 'import', 'C:\\Mimeo\\first-boot\\steps\\02\\default.reg');
    assert.match(
      await host.output(
        'reg',
        'query',
        'HKU\\MimeoDefault\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce',
      ),
      /MimeoPrinter\s+REG_SZ\s+rundll32 printui\.dll,PrintUIEntry \/y \/q \/n "\\\\print1\\B.*ro 2"\r/,
    );
  });

  test('a package whose file is not what was ordered is not run', async () => {
    const files = ['a b.exe', 'sub/c.msi'].map((path) => ({ path, bytes: 1, sha256: SUM }));
    const plan = await install('7+', {
      packages: [{ ...software('Office', 'echo ran>>C:\\test\\ran & exit 3010'), files }],
    });
    const [delivery] = plan.deliveries;
    assert.ok(delivery);
    await mkdir(host.path(...delivery.folder, 'sub'), { recursive: true });
    await writeFile(host.path('shims', 'certutil.cmd'), CERTUTIL_STAND_IN);
    // As 7 prints it, and as 10 does.
    await writeFile(host.path(...delivery.folder, 'a b.exe.sum'), `${'5e '.repeat(32).trim()}\r\n`);
    await writeFile(host.path(...delivery.folder, 'sub', 'c.msi.sum'), `${SUM}\r\n`);
    assert.equal(await step('01'), 3010 & 255, 'as much of it as this machine sees');
    assert.equal(existsSync(host.path('test', 'ran')), true);
    await writeFile(host.path(...delivery.folder, 'sub', 'c.msi.sum'), `${'00'.repeat(32)}\r\n`);
    assert.equal(await step('01'), 23);
    assert.equal((await host.text('test', 'ran')).trim(), 'ran');
  });

  test('without VBScript and PowerShell cmd.exe and curl do it; a restart ends what hangs', async () => {
    await host.standIn('cscript');
    await writeFile(host.path('shims', 'curl.cmd'), CURL_STAND_IN);
    await install('7+', {
      report: { url: 'http://192.0.2.1/first-boot/v1', token: 'abc' },
      packages: [
        software('Büro "1"', 'exit 7'),
        { ...software('Hanging', 'ping -n 60 127.0.0.1'), timeoutSeconds: 2 },
      ],
    });
    const boot = (): Promise<number | null> =>
      host.run('cmd', '/d', '/c', 'C:\\Mimeo\\first-boot\\service.cmd');
    void boot();
    await host.until(async () => (await host.commands()).includes('shutdown -r -f -t 0'));
    await host.powerCut();
    assert.equal(await boot(), 0);
    assert.deepEqual(await readdir(host.path('Mimeo', 'first-boot')).catch(() => []), []);
    const bodies = (await host.text('test', 'bodies')).split('\r\n').filter((line) => line !== '');
    const reports = bodies.map((body) => stepReportSchema.parse(JSON.parse(body)));
    assert.deepEqual(
      reports.map((report) => `${report.step} ${report.state} ${report.exitCode}`),
      [
        '0 started null',
        '0 finished null',
        '1 started null',
        '1 failed 7',
        '2 started null',
        '2 failed null',
        '3 started null',
        '3 finished 0',
      ],
    );
    assert.equal(reports[2]?.name, 'Büro "1"');
    assert.match(
      await host.text('test', 'curl.log'),
      /^-K curl\.txt -H @settings\\authorization\.txt --data-binary @queue\\000001\.json http:\/\/192\.0\.2\.1\/first-boot\/v1\/steps/,
    );
  });
});

const CERTUTIL_STAND_IN = `@echo off\r\necho SHA256 hash of %2:\r\ntype "%~2.sum"\r\necho CertUtil: -hashfile command completed successfully.\r\n`;
const CURL_STAND_IN = `@echo off\r\necho %*>>C:\\test\\curl.log\r\nfor %%f in (queue\\*.json) do type %%f>>C:\\test\\bodies\r\necho 204\r\n`;

function software(name: string, command: string): Package {
  return {
    name,
    files: [],
    command,
    successCodes: [0],
    rebootCodes: [3010],
    retryCodes: [1618],
    retries: 1,
    timeoutSeconds: 60,
    detect: null,
  };
}
