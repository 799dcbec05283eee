import { join, resolve } from 'node:path';
import process from 'node:process';
import { projectFolder } from './project.mjs';

/** Where root's server keeps its data. */
export const SYSTEM_DATA = '/var/lib/mimeo';

/**
 * Where the server keeps its data: what was asked for, else $MIMEO_DATA, else /var/lib/mimeo for root and
 * `data` in the checkout for anybody else. The launchers, the server and the `mimeo` command all ask here.
 *
 * @param {string | undefined} asked the value of `--data`
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} an absolute path
 */
export function dataFolder(asked, env = process.env) {
  const wanted = asked ?? env['MIMEO_DATA'];
  if (wanted !== undefined && wanted !== '') return resolve(wanted);
  return process.getuid?.() === 0 ? SYSTEM_DATA : join(projectFolder, 'data');
}

/**
 * The value of `--data VALUE` or `--data=VALUE` among a program's arguments.
 *
 * @param {readonly string[]} args
 * @returns {string | undefined}
 */
export function dataArgument(args) {
  const at = args.findIndex((arg) => arg === '--data' || arg.startsWith('--data='));
  const arg = args[at];
  return arg === '--data' ? args[at + 1] : arg?.slice('--data='.length);
}
