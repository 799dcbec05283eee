import process from 'node:process';

/**
 * One line of what the launcher does, on standard error: standard output belongs to the program it starts.
 *
 * @param {string} words
 */
export function say(words) {
  process.stderr.write(`mimeo: ${words}\n`);
}

/** What stops a launcher, in words for the person who started it; no stack is shown. */
export class SetupError extends Error {}

/**
 * Runs a launcher's main function; a SetupError becomes its words and exit status 1.
 *
 * @param {() => Promise<number>} main returns the exit status
 */
export async function launch(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
