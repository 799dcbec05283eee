import { MimeoError } from '../../errors.ts';
import { type AnswerFile, addElement, findAll, type Place, removeWithEmptyParents } from './answer-file.ts';
import { DEPLOYMENT, SHELL } from './names.ts';
import type { XmlElement } from './xml/xml-tree.ts';

export interface SetupCommand {
  readonly what: string;
  readonly command: string;
}

/** A list of commands in an answer file. */
export interface CommandList {
  readonly place: Place;
  readonly path: readonly string[];
  /** The element that holds the command itself. */
  readonly line: string;
  /** Source: Unattended Windows Setup Reference, Path and CommandLine. */
  readonly longest: number;
}

/** Run as SYSTEM in specialize, one after the other. */
export const SYSTEM_COMMANDS: CommandList = {
  place: { pass: 'specialize', component: DEPLOYMENT },
  path: ['RunSynchronous', 'RunSynchronousCommand'],
  line: 'Path',
  longest: 259,
};

/** Run when the first user logs on, as that user, with the rights of an administrator. */
export const LOGON_COMMANDS: CommandList = {
  place: { pass: 'oobeSystem', component: SHELL },
  path: ['FirstLogonCommands', 'SynchronousCommand'],
  line: 'CommandLine',
  longest: 1024,
};

/** In front of the description of each command of ours: by it they are found again. */
const MARK = 'Mimeo: ';

/**
 * A list with exactly these commands of ours, behind those that the master's file has. The same again changes nothing.
 *
 * @throws MimeoError `personalise-order` for a command that is longer than Windows takes
 */
export function withCommands(
  file: AnswerFile,
  list: CommandList,
  wanted: readonly SetupCommand[],
): AnswerFile {
  const long = wanted.find(({ command }) => command.length > list.longest);
  if (long !== undefined) {
    throw new MimeoError(
      'personalise-order',
      `The command for ${long.what} has ${long.command.length} characters; Windows takes ${list.longest}.`,
    );
  }
  const ours = oursIn(file, list);
  const same = ours.length === wanted.length && wanted.every((one, at) => isWritten(ours[at], list, one));
  if (same) return file;
  let changed = file;
  for (let first = ours[0]; first !== undefined; first = oursIn(changed, list)[0]) {
    changed = removeWithEmptyParents(changed, first);
  }
  const orders = findAll(changed, list.place, list.path).map((one) => Number(textOf(one, 'Order')));
  const last = Math.max(0, ...orders.filter((order) => Number.isSafeInteger(order)));
  return wanted.reduce((result, { what, command }, index) => {
    const content = [
      { name: 'Order', content: String(last + index + 1) },
      { name: 'Description', content: MARK + what },
      { name: list.line, content: command },
    ];
    return addElement(result, list.place, list.path, content, 'add');
  }, changed);
}

function oursIn(file: AnswerFile, list: CommandList): XmlElement[] {
  return findAll(file, list.place, list.path).filter(isOurs);
}

/** Whether it is a command that an order of Mimeo put there. */
export function isOurs(command: XmlElement): boolean {
  return textOf(command, 'Description').startsWith(MARK);
}

function isWritten(element: XmlElement | undefined, list: CommandList, wanted: SetupCommand): boolean {
  if (element === undefined) return false;
  return (
    textOf(element, list.line) === wanted.command && textOf(element, 'Description') === MARK + wanted.what
  );
}

function textOf(element: XmlElement, local: string): string {
  return element.children.find((one) => one.local === local)?.text ?? '';
}
