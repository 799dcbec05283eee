/**
 * `npm run bench:control`: what hundreds of hosts that are deployed at once ask of the one server, apart from chunks.
 * The hosts are simulated, the protocol, the HTTP and the server are real.
 */
import { labNeeds } from '../lab/needs.ts';
import { ControlRoom, IMAGE } from './control/control-room.ts';
import { measureOrder } from './control/measure.ts';
import { CONTROL_USAGE, type ControlBenchOptions, parseControlOptions } from './control/options.ts';
import { timingOf } from './control/timing.ts';

const MIB = 1_048_576;

async function bench(options: ControlBenchOptions, say: (line: string) => void): Promise<object> {
  const { hosts, bitsPerSecond, chunks, processes, profile } = options;
  const timing = timingOf({ wireBytes: MIB, bitsPerSecond, processes, disk: null });
  const idealSeconds = (chunks * timing.portMs) / 1000;
  const room = await ControlRoom.open({ hosts, chunks, processes, timing, profile });
  try {
    say(`${hosts} hosts in ${processes} processes are switched on`);
    const simulated = await room.register();
    say('all wait for work; the order is released');
    const { figures } = await measureOrder(room, {
      idealSeconds,
      release: async () => ({ at: await room.order(IMAGE), hosts: simulated }),
    });
    return { hosts, rate: options.rate, chunks, processes, ...figures };
  } finally {
    room.close();
  }
}

const options = parseControlOptions(process.argv.slice(2));
if (options === 'help') {
  process.stdout.write(CONTROL_USAGE);
} else {
  const need = labNeeds('ip', 'sfdisk');
  if (need !== false) throw new Error(need);
  const result = await bench(
    options,
    (line) => void (options.json ? null : process.stdout.write(`${line}\n`)),
  );
  process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
  process.exit();
}
