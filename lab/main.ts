/** `npm run lab`: a computer room inside this machine, to watch. */
import process from 'node:process';
import { toMimeoError } from '../src/errors.ts';
import { demo } from './demo/demo.ts';
import { Narrator } from './demo/narrator.ts';
import { parseDemoOptions, USAGE } from './demo/options.ts';
import { labNeeds, MASTER_TOOLS, QEMU } from './needs.ts';

async function main(): Promise<void> {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const need = labNeeds(QEMU, 'ip', 'dnsmasq', ...MASTER_TOOLS);
  if (need !== false) throw new Error(need);
  const narrator = new Narrator((text) => process.stdout.write(text));
  const network = await demo(options, narrator);
  if (options.keep) {
    narrator.say('Everything stays as it is until Ctrl-C.');
    await new Promise(() => setInterval(() => undefined, 60_000));
  }
  network.close();
  narrator.say('The room is gone; nothing of it is left on this machine.');
}

try {
  await main();
} catch (thrown) {
  const error = toMimeoError(thrown);
  process.stderr.write(
    `\nThe lab ended: ${error.message}\n${error.code === 'internal' ? '' : `${error.next}\n`}`,
  );
  process.exitCode = 1;
} finally {
  // What is still held is given back as the process ends; servers and sockets would keep it alive.
  process.exit();
}
