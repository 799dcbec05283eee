import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';
import { SetupError } from './say.mjs';

/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** One Ctrl-C under npm reaches a launcher twice: from the terminal, and passed on by npm. */
const SAME_MS = 500;

/**
 * Runs a program in our place: with our terminal, our signals, and its exit status as the result
 * (128 + n when a signal ended it).
 *
 * @param {readonly string[]} argv
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, stdout?: 'inherit' | 'stderr', apart?: boolean }} [options]
 *   `stdout: 'stderr'` keeps our own standard output clean; `apart` puts the program out of the terminal's
 *   reach, so that it gets each signal once, from us (it cannot read from the terminal then)
 * @returns {Promise<number>}
 */
export function runInPlace(argv, options = {}) {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['inherit', options.stdout === 'stderr' ? 2 : 'inherit', 'inherit'],
      env: options.env ?? process.env,
      detached: options.apart ?? false,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const listeners = PASSED_ON.map((signal) => {
      let last = Number.NEGATIVE_INFINITY;
      const listener = () => {
        // Ctrl-C at a terminal reaches the child by itself, unless it is apart.
        if (signal === 'SIGINT' && process.stdin.isTTY && options.apart !== true) return;
        const again = performance.now() - last < SAME_MS;
        last = performance.now();
        if (!again) child.kill(signal);
      };
      process.on(signal, listener);
      return /** @type {const} */ ([signal, listener]);
    });
    const forget = () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    };
    child.on('error', (error) => {
      forget();
      reject(new SetupError(`${program} could not be started: ${error.message}`));
    });
    child.on('close', (status, signal) => {
      forget();
      resolve(status ?? 128 + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}
