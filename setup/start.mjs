/**
 * `npm start`: makes the machine ready, builds the boot environment if it is missing or old, and runs the
 * server with the given arguments until Ctrl-C.
 */
import { lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildBootEnvironment, placesOf } from './boot-environment.mjs';
import { runInPlace } from './child.mjs';
import { dataArgument, dataFolder } from './data-folder.mjs';
import { asRoot } from './debian-packages.mjs';
import { prepare } from './prepare.mjs';
import { projectFolder } from './project.mjs';
import { launch, SetupError, say } from './say.mjs';

const COMMAND = '/usr/local/bin/mimeo';
/** Ports of DHCP and TFTP: the lowest one that has to be opened. */
const LOWEST_PORT = 67;

await launch(async () => {
  const { args, mirror } = withoutMirror(process.argv.slice(2));
  const node = await prepare(['server', 'bootEnvironment']);
  const server = join(projectFolder, 'src', 'server', 'main.ts');
  if (args.includes('--help')) return await runInPlace([node, server, '--help']);
  if (!mayOpenLowPorts()) return await startThroughSudo(process.argv.slice(2));
  const asked = dataArgument(args);
  const data = dataFolder(asked);
  // As the server makes it: other users have no business there.
  mkdirSync(data, { recursive: true, mode: 0o750 });
  const interrupted = await buildBootEnvironment(node, placesOf(data), mirror);
  if (interrupted !== 0) return interrupted;
  linkCommand();
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stopped = true;
    });
  }
  const argv = [node, server, ...(asked === undefined ? ['--data', data] : []), ...args];
  // Hashing, zstd and disk share Node's thread pool, whose default of four is meant for smaller things.
  const env = { UV_THREADPOOL_SIZE: String(availableParallelism() + 4), ...process.env };
  const status = await runInPlace(argv, { apart: true, env });
  // A server that was told to stop and did is no failure, and npm has nothing to complain about.
  return stopped && status === 130 ? 0 : status;
});

/**
 * `--mirror URL` is for the boot environment's builder; the server does not know it.
 *
 * @param {readonly string[]} argv
 * @returns {{ args: string[], mirror: string | undefined }}
 */
function withoutMirror(argv) {
  const at = argv.findIndex((arg) => arg === '--mirror' || arg.startsWith('--mirror='));
  if (at < 0) return { args: [...argv], mirror: undefined };
  const apart = argv[at] === '--mirror';
  const mirror = apart ? argv[at + 1] : argv[at]?.slice('--mirror='.length);
  if (!mirror) throw new SetupError('--mirror needs the address of a Debian mirror');
  return { args: argv.toSpliced(at, apart ? 2 : 1), mirror };
}

/** Whether this process may serve DHCP and TFTP. */
function mayOpenLowPorts() {
  if (process.getuid?.() === 0) return true;
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  return first <= LOWEST_PORT;
}

/** @param {readonly string[]} args */
async function startThroughSudo(args) {
  const sudo = asRoot();
  if (sudo === null) {
    throw new SetupError(
      'network boot is answered on ports 67 and 69, which only root may open. Run as root: npm start',
    );
  }
  const data = process.env['MIMEO_DATA'];
  const argv = [
    ...sudo,
    'env',
    `PATH=${process.env['PATH'] ?? ''}`,
    ...(data === undefined ? [] : [`MIMEO_DATA=${data}`]),
    process.execPath,
    fileURLToPath(import.meta.url),
    ...args,
  ];
  say('network boot is answered on ports 67 and 69, which only root may open; going on through sudo');
  return await runInPlace(argv);
}

/** Puts the `mimeo` command where every shell finds it, unless something is there already. */
function linkCommand() {
  if (process.getuid?.() !== 0) return;
  if (lstatSync(COMMAND, { throwIfNoEntry: false }) !== undefined) return;
  symlinkSync(join(projectFolder, 'setup', 'mimeo.mjs'), COMMAND);
  say(`the command mimeo is now in ${COMMAND}`);
}
