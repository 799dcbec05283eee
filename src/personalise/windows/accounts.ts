import type { HostSettings, LocalAccount } from '../settings.ts';
import { type AnswerFile, addElement, edited, findAll, removeSetting, writeSetting } from './answer-file.ts';
import { accountOf } from './join.ts';
import { WELCOME } from './oobe.ts';
import type { NewElement } from './xml/xml-edit.ts';
import { appendChild, setText } from './xml/xml-edit.ts';
import type { XmlElement } from './xml/xml-tree.ts';

const LIST = ['UserAccounts', 'LocalAccounts', 'LocalAccount'];

/** Local accounts, the administrator's password, and who is logged on by itself. */
export function withAccounts(file: AnswerFile, settings: HostSettings): AnswerFile {
  const { administratorPassword, autoLogon } = settings.windows;
  let changed = file;
  if (administratorPassword !== null) {
    changed = withPassword(changed, ['UserAccounts', 'AdministratorPassword'], administratorPassword);
  }
  for (const account of settings.accounts) changed = withAccount(changed, account);
  if (autoLogon !== null) {
    const joins = settings.domain !== null && settings.domain.kind !== 'workgroup';
    const { name, domain } = accountOf(autoLogon.account, joins ? '.' : '');
    changed = withPassword(changed, ['AutoLogon', 'Password'], autoLogon.password);
    changed = writeSetting(changed, WELCOME, ['AutoLogon', 'Enabled'], 'true');
    changed = writeSetting(changed, WELCOME, ['AutoLogon', 'LogonCount'], String(autoLogon.count));
    changed = writeSetting(changed, WELCOME, ['AutoLogon', 'Username'], name);
    changed =
      domain === ''
        ? removeSetting(changed, WELCOME, ['AutoLogon', 'Domain'])
        : writeSetting(changed, WELCOME, ['AutoLogon', 'Domain'], domain);
  }
  return changed;
}

/**
 * Passwords are written as Windows System Image Manager hides them: that also keeps blanks at their ends, and lets an
 * empty one be written where Windows takes no empty element. It protects nothing.
 *
 * @param element the password's element, whose name goes into it
 */
export function hiddenPassword(password: string, element: string): string {
  return Buffer.from(password + element, 'utf16le').toString('base64');
}

function withPassword(file: AnswerFile, path: readonly string[], password: string): AnswerFile {
  const hidden = hiddenPassword(password, path.at(-1) ?? '');
  const written = writeSetting(file, WELCOME, [...path, 'Value'], hidden);
  return writeSetting(written, WELCOME, [...path, 'PlainText'], 'false');
}

/** The account as it has to be; one of its name that the master's file makes is changed, in its place. */
function withAccount(file: AnswerFile, account: LocalAccount): AnswerFile {
  const content = contentOf(account);
  const find = (where: AnswerFile): XmlElement | undefined =>
    findAll(where, WELCOME, LIST).find((one) => sameAccount(childOf(one, 'Name')?.text ?? '', account.name));
  if (find(file) === undefined) return addElement(file, WELCOME, LIST, content, 'add');
  return content.reduce((changed, wanted) => setBelow(changed, find, [], wanted), file);
}

function contentOf({ name, fullName, password, administrator }: LocalAccount): NewElement[] {
  return [
    {
      name: 'Password',
      content: [
        { name: 'Value', content: hiddenPassword(password, 'Password') },
        { name: 'PlainText', content: 'false' },
      ],
    },
    ...(fullName === null ? [] : [{ name: 'DisplayName', content: fullName }]),
    // Windows takes these two in English whatever its language is.
    { name: 'Group', content: administrator ? 'Administrators' : 'Users' },
    { name: 'Name', content: name },
  ];
}

function setBelow(
  file: AnswerFile,
  find: (file: AnswerFile) => XmlElement | undefined,
  path: readonly string[],
  wanted: NewElement,
): AnswerFile {
  const parent = path.reduce<XmlElement | undefined>((here, name) => here && childOf(here, name), find(file));
  if (parent === undefined) return file;
  const present = childOf(parent, wanted.name);
  if (present === undefined) {
    const prefix = /^[^:]*:/.exec(parent.name)?.[0] ?? '';
    return edited(file, appendChild(file.document, parent, prefixedBy(prefix, wanted)));
  }
  const { content } = wanted;
  if (typeof content === 'string') return edited(file, setText(file.document, present, content));
  return content.reduce((changed, one) => setBelow(changed, find, [...path, wanted.name], one), file);
}

function prefixedBy(prefix: string, element: NewElement): NewElement {
  const { name, content } = element;
  return {
    name: prefix + name,
    content: typeof content === 'string' ? content : content.map((one) => prefixedBy(prefix, one)),
  };
}

function childOf(element: XmlElement, local: string): XmlElement | undefined {
  return element.children.find((one) => one.local === local);
}

function sameAccount(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
