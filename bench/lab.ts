/**
 * `npm run bench:lab`: a whole lab gets an image over a network of a given speed. The clock runs from the order, when
 * all hosts are registered and wait for work, to the last byte that is right on the slowest host's disk; the floor is
 * the image's chunks at the port's bare rate.
 */
import { labNeeds } from '../lab/needs.ts';
import { BenchRoom } from './lab/bench-room.ts';
import { measureLimits } from './lab/limits.ts';
import { measure } from './lab/measure.ts';
import { LAB_USAGE, type LabBenchOptions, parseLabOptions } from './lab/options.ts';
import { measurePeers } from './lab/peers/measure-peers.ts';

async function bench(options: LabBenchOptions, say: (line: string) => void): Promise<object> {
  if (options.peers) return measurePeers(options, say);
  if (options.limits) return measureLimits(options, say);
  const room = await BenchRoom.open(options);
  try {
    await room.register();
    return await measure(room, options, say);
  } finally {
    room.close();
  }
}

const options = parseLabOptions(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(LAB_USAGE);
} else {
  const need = labNeeds('ip', 'tc', 'sfdisk', 'unshare', 'cmp');
  if (need !== false) throw new Error(need);
  const result = await bench(
    options,
    (line) => void (options.json ? null : process.stdout.write(`${line}\n`)),
  );
  process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
  process.exit();
}
