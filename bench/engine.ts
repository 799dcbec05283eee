/**
 * `npm run bench:engine`: captures, deploys and re-images one NTFS volume, in turns with what people use today.
 * Every run is a process of its own that starts with nothing in memory and ends when `sync` has.
 */
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { labNeeds } from '../lab/needs.ts';
import { Holdings } from '../lab/network/index.ts';
import { LoopTarget } from './engine/loop-target.ts';
import { ENGINE_USAGE, type EngineBenchOptions, parseEngineOptions } from './engine/options.ts';
import { report } from './engine/report.ts';
import { captureRounds, deployRounds, reimageRounds, secondVersion } from './engine/rounds.ts';
import { referenceDisks } from './engine/volume.ts';

const FOLDER = join(import.meta.dirname, '..', 'build', 'bench-engine');

async function bench(options: EngineBenchOptions, say: (line: string) => void): Promise<object> {
  const disks = await referenceDisks(FOLDER, options.gib, say);
  const { bavail, bsize } = await statfs(FOLDER);
  const needed = options.gib * 4 * 2 ** 30;
  if (bavail * bsize < needed) throw new Error(`${FOLDER} has less than ${needed} bytes of free space`);
  const holdings = new Holdings();
  const work = await mkdtemp(join(FOLDER, 'run-'));
  try {
    const targetFile = join(work, 'target.img');
    await LoopTarget.blank(targetFile, disks.diskBytes);
    const common = {
      disks: { ...disks, folder: work },
      master: await LoopTarget.attach(disks.first.disk, disks.first, holdings),
      second: await LoopTarget.attach(disks.second.disk, disks.second, holdings),
      target: await LoopTarget.attach(targetFile, disks.first, holdings),
      store: join(work, 'store'),
      gib: options.gib,
      repeat: options.repeat,
      say,
    };
    const capture = await captureRounds(common);
    const deploy = await deployRounds(common);
    const drift = await reimageRounds(common, 'runs');
    const day = await reimageRounds(common, 'day');
    const second = await secondVersion(common);
    return report({ facts: disks.facts, capture, deploy, second, drift, day });
  } finally {
    holdings.close();
    await rm(work, { recursive: true, force: true });
  }
}

const options = parseEngineOptions(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(ENGINE_USAGE);
} else {
  const need = labNeeds(
    'losetup',
    'sfdisk',
    'mkntfs',
    'ntfs-3g',
    'partclone.ntfs',
    'partclone.restore',
    'zstd',
  );
  if (need !== false) throw new Error(need);
  const result = await bench(
    options,
    (line) => void (options.json ? null : process.stdout.write(`${line}\n`)),
  );
  process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
  process.exit();
}
