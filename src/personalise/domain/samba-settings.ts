import { MimeoError } from '../../errors.ts';
import type { JoinRequest } from './domain-joiner.ts';
import type { Secret } from './secret.ts';

export interface JoinAccount {
  /** DNS name of the domain, `school.example`. */
  readonly domain: string;
  /** Makes the computers' accounts: `mimeo-join`, `mimeo-join@school.example` or `SCHOOL\mimeo-join`. */
  readonly account: string;
  readonly password: Secret;
  /** Name or address of a domain controller; null: the one that DNS names. */
  readonly controller: string | null;
}

const DNS_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Of a password on a file descriptor. */
const MOST_PASSWORD_BYTES = 126;
const HOST = /^[a-z0-9][a-z0-9.:-]{0,252}$/i;

/**
 * Refuses what Samba would misread: its files have one setting a line.
 *
 * @throws MimeoError `domain-settings`
 */
export function checkJoin(
  { domain, account, password, controller }: JoinAccount,
  request: JoinRequest,
): void {
  const text = password.reveal();
  if (!DNS_NAME.test(domain)) throw wrong(`${JSON.stringify(domain)} is no DNS name of a domain`);
  if (controller !== null && !HOST.test(controller)) {
    throw wrong(`${JSON.stringify(controller)} is no name or address of a domain controller`);
  }
  if (account.trim() !== account || account === '' || account.includes('%') || hasControl(account)) {
    throw wrong('the name of the account is empty, or has a % in it, or blanks around it');
  }
  if (text === '' || hasControl(text))
    throw wrong(`the password of ${account} is empty or has a line end in it`);
  if (Buffer.byteLength(text) > MOST_PASSWORD_BYTES) {
    throw wrong(
      `the password of ${account} has more than ${MOST_PASSWORD_BYTES} bytes, which Samba cuts off`,
    );
  }
  const { unit } = request;
  if (
    unit !== null &&
    (hasControl(unit) || !/^(?:OU|CN)=[^,]+(?:,(?:OU|CN|DC)=[^,]+)*,DC=[^,]+$/i.test(unit))
  ) {
    throw wrong(`${JSON.stringify(unit)} is no unit; write it in full, as OU=R101,${dcOf(domain)}`);
  }
}

/** Samba's configuration for one call: everything it writes goes to `folder`, and it takes itself for that host. */
export function sambaConfiguration(call: {
  readonly domain: string;
  /** The domain's short name. */
  readonly workgroup: string;
  readonly computerName: string;
  readonly folder: string;
}): string {
  const { domain, workgroup, computerName, folder } = call;
  const folders = ['private dir', 'lock directory', 'state directory', 'cache directory', 'pid directory'];
  return [
    '[global]',
    `realm = ${domain.toUpperCase()}`,
    `workgroup = ${workgroup}`,
    'security = ads',
    // What it would be called after it joined: any other name is refused.
    `netbios name = ${computerName}`,
    'disable netbios = yes',
    ...folders.map((name) => `${name} = ${folder}`),
    'log level = 0',
    '',
  ].join('\n');
}

/** The account with its domain, as Samba's `-U` takes it. */
export function sambaUser({ domain, account }: JoinAccount): string {
  return /[@\\]/.test(account) ? account : `${account}@${domain.toUpperCase()}`;
}

/** `DC=school,DC=example` */
export function dcOf(domain: string): string {
  return domain
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function wrong(words: string): MimeoError {
  return new MimeoError('domain-settings', `The domain cannot be joined: ${words}.`);
}
