import process from 'node:process';

/** For a program that another one runs: why it failed, with the causes, in the last line that it says. */
export function sayFailure(error: unknown): void {
  const words: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) words.push(one.message.replace(/\s+/g, ' '));
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n${words.join(': ')}\n`);
  process.exitCode = 1;
}
