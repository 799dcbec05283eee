import { MimeoError } from '../../errors.ts';
import type { HostSettings } from '../settings.ts';
import { type Answer, type Answers, noAnswers, textAnswer, wordAnswer } from './answer.ts';
import { readIni } from './ini.ts';
import type { XpFacts } from './xp-facts.ts';

/** [UserData]: who uses this computer, what it is called, and its key. */
export function userAnswers(settings: HostSettings, facts: XpFacts): Answers {
  const { owner, organisation, productKey } = settings.windows;
  const answers: Answer[] = [
    textAnswer('UserData', 'ComputerName', settings.computerName, 'The computer name'),
  ];
  if (owner !== null) answers.push(textAnswer('UserData', 'FullName', owner, "The owner's name", QUOTED));
  if (organisation !== null) {
    answers.push(textAnswer('UserData', 'OrgName', organisation, 'The name of the organisation', QUOTED));
  }
  if (productKey !== null) {
    // Windows 2000 calls it ProductID.
    const key = facts.version === '2000' ? 'ProductID' : 'ProductKey';
    answers.push(textAnswer('UserData', key, productKey, 'The product key', QUOTED));
  }
  return { answers, warnings: [] };
}

/** Whether an account is the one that sysprep.inf can log on: it knows no other. */
export function isAdministrator(account: string): boolean {
  return account.toLowerCase() === 'administrator';
}

/**
 * [GuiUnattended]: the administrator's password, and logging him on. With a password in it that Setup Manager hashed
 * nothing is done unless there is a new one.
 *
 * @throws MimeoError `personalise-order` for a password that Mini-Setup would not take
 */
export function logonAnswers(settings: HostSettings, sysprepInf: string): Answers {
  const { administratorPassword, autoLogon } = settings.windows;
  const answers: Answer[] = [];
  const warnings: string[] = [];
  const logsOn = autoLogon !== null && isAdministrator(autoLogon.account) ? autoLogon : null;
  const password = administratorPassword ?? logsOn?.password ?? null;
  if (password !== null) {
    const what = "The administrator's password";
    if (password === '*' || password.length > MAX_PASSWORD) {
      const why =
        password === '*'
          ? 'is one asterisk, which Mini-Setup takes for no password at all.'
          : `has ${password.length} characters; Mini-Setup takes ${MAX_PASSWORD}.`;
      throw new MimeoError('personalise-order', `${what} ${why}`);
    }
    answers.push(
      password === ''
        ? wordAnswer(SECTION, 'AdminPassword', '*')
        : textAnswer(SECTION, 'AdminPassword', password, what, QUOTED),
    );
    if (readIni(sysprepInf, SECTION, 'EncryptedAdminPassword') !== null) {
      answers.push(wordAnswer(SECTION, 'EncryptedAdminPassword', 'No'));
    }
  }
  if (logsOn !== null) {
    answers.push(
      wordAnswer(SECTION, 'AutoLogon', 'Yes'),
      wordAnswer(SECTION, 'AutoLogonCount', String(logsOn.count)),
    );
    if (administratorPassword !== null && administratorPassword !== logsOn.password) {
      warnings.push(
        'The administrator cannot be logged on by himself: the password for it is not the one he is given.',
      );
    }
  } else if (autoLogon !== null) {
    // Mini-Setup would log on the administrator instead.
    answers.push(...noAnswers(SECTION, ['AutoLogon', 'AutoLogonCount']));
  }
  return { answers, warnings };
}

const SECTION = 'GuiUnattended';
/** Ref.chm of the XP deployment tools, AdminPassword. */
const MAX_PASSWORD = 127;
const QUOTED = { alwaysQuoted: true } as const;
