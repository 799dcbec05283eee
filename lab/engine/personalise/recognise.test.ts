import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { recogniseVolume } from '../../../src/personalise/index.ts';
import { type HiveKeys, writeHive } from '../../masters/registry/hives.ts';
import { labNeeds } from '../../needs.ts';

/** Hives that hivex wrote, as Windows of each generation fills them: a second opinion on our own reader and builder. */
interface Generation {
  readonly folder: string;
  readonly current: number;
  readonly processor: string;
  readonly setup: HiveKeys;
  readonly version: HiveKeys;
  readonly state: string | null;
  readonly words: string;
  readonly generation: string;
  readonly sealed: boolean;
}

const GENERATIONS: readonly Generation[] = [
  {
    folder: 'WINDOWS',
    current: 1,
    processor: 'x86',
    setup: { SystemSetupInProgress: 1, CmdLine: 'setup -newsetup -mini' },
    version: {
      ProductName: 'Microsoft Windows XP',
      CurrentBuildNumber: '2600',
      CSDVersion: 'Service Pack 3',
    },
    state: null,
    words: 'Windows XP Service Pack 3, build 2600, x86, de-DE',
    generation: 'xp',
    sealed: true,
  },
  {
    folder: 'Windows',
    current: 2,
    processor: 'AMD64',
    setup: { SystemSetupInProgress: 0, CmdLine: '' },
    version: {
      ProductName: 'Windows 7 Professional',
      CurrentBuild: '7601',
      CSDVersion: 'Service Pack 1',
      EditionID: 'Professional',
      InstallationType: 'Client',
    },
    state: 'IMAGE_STATE_COMPLETE',
    words: 'Windows 7 Professional Service Pack 1, build 7601, amd64, de-DE',
    generation: '7',
    sealed: false,
  },
  {
    folder: 'Windows',
    current: 1,
    processor: 'ARM64',
    setup: { SystemSetupInProgress: 1, CmdLine: 'oobe\\windeploy.exe' },
    version: {
      ProductName: 'Windows 10 Education',
      CurrentBuild: '26100',
      DisplayVersion: '24H2',
      EditionID: 'Education',
    },
    state: 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE',
    words: 'Windows 11 Education 24H2, build 26100, arm64, de-DE',
    generation: '11',
    sealed: true,
  },
];

for (const one of GENERATIONS) {
  test(`hives of ${one.words}`, { skip: labNeeds('hivexsh') }, async (t) => {
    const root = await mkdtemp(join(tmpdir(), 'mimeo-recognise-'));
    t.after(() => rm(root, { recursive: true }));
    const config = join(root, one.folder, 'System32', 'config');
    await mkdir(config, { recursive: true });
    const time = 128_500_000_000_000_000n;
    await writeHive(join(config, 'SYSTEM'), 'System32\\Config\\SYSTEM', time, {
      Select: { Current: one.current },
      [`ControlSet00${one.current}`]: {
        Control: {
          ComputerName: { ComputerName: { ComputerName: 'R101-PC07' } },
          ProductOptions: { ProductType: 'WinNT' },
          'Session Manager': { Environment: { PROCESSOR_ARCHITECTURE: one.processor } },
          Nls: { Language: { InstallLanguage: '0407' } },
        },
      },
      Setup: one.setup,
    });
    const setup: HiveKeys = one.state === null ? {} : { Setup: { State: { ImageState: one.state } } };
    await writeHive(join(config, 'SOFTWARE'), 'System32\\Config\\SOFTWARE', time, {
      Microsoft: { 'Windows NT': { CurrentVersion: one.version }, Windows: { CurrentVersion: setup } },
    });
    const found = await recogniseVolume(root);
    assert.ok(found.system === 'windows');
    assert.equal(found.words, one.words);
    assert.deepEqual(
      [found.generation, found.computerName, found.sealed.sealed],
      [one.generation, 'R101-PC07', one.sealed],
    );
  });
}
