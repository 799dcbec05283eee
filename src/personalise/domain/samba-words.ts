import { type ErrorCode, MimeoError } from '../../errors.ts';

/** What was asked of the domain when Samba's `net` failed. */
export interface FailedJoin {
  readonly domain: string;
  readonly account: string;
  readonly controller: string | null;
  readonly computerName: string;
  readonly unit: string | null;
  /** Distinguished name of the account that was there before; null when there was none, or nobody looked yet. */
  readonly found: string | null;
}

interface Meaning {
  /** In what Samba says, both its own words and the names of the codes it prints. */
  readonly sign: RegExp;
  readonly code: ErrorCode;
  readonly words: (join: FailedJoin) => string;
}

/** In this order: Samba says more than one of them when one thing leads to another. */
const MEANINGS: readonly Meaning[] = [
  {
    sign: /clock skew|KRB_AP_ERR_SKEW|TIME_DIFFERENCE_AT_DC|not yet valid/i,
    code: 'domain-clock',
    words: ({ domain }) =>
      `The clock of this server and that of ${domain} differ by more than Kerberos allows.`,
  },
  {
    sign: /account (?:is|has been) (?:currently )?(?:disabled|locked)|ACCOUNT_(?:DISABLED|LOCKED_OUT)|credentials? have been revoked/i,
    code: 'domain-login',
    words: ({ account, domain }) => `The account ${account} of ${domain} is disabled or locked.`,
  },
  {
    sign: /password must (?:be changed|change)|PASSWORD_(?:MUST_CHANGE|EXPIRED)|password has expired/i,
    code: 'domain-login',
    words: ({ account, domain }) => `${domain} wants a new password for the account ${account} first.`,
  },
  {
    sign: /attempted logon is invalid|LOGON_FAILURE|preauthentication failed|client not found in|wrong password|client .*unknown/i,
    code: 'domain-login',
    words: ({ account, domain }) => `${domain} does not accept the account ${account} with this password.`,
  },
  {
    sign: /precreate account in ou .*no such object/i,
    code: 'domain-unit',
    words: ({ unit, domain }) => `${domain} has no unit ${unit ?? ''}.`,
  },
  {
    sign: /insufficient access|administrator privileges|access.{0,20}denied|ACCESS_DENIED/i,
    code: 'domain-rights',
    words: ({ account, computerName, found, unit }) =>
      found === null
        ? `The account ${account} may not make an account for ${computerName} in ${unit ?? "the domain's own folder for computers"}.`
        : `The account ${account} may not reset ${found}, which belongs to somebody else.`,
  },
  {
    sign: /quota|unwilling to perform|MACHINE_ACCOUNT_QUOTA/i,
    code: 'domain-rights',
    words: ({ account }) =>
      `The account ${account} has made as many computer accounts as the domain lets it.`,
  },
  {
    sign: /failed to find DC|no logon servers|NO_LOGON_SERVERS|cannot contact any KDC|connection refused|HOST_UNREACHABLE|IO_TIMEOUT|could not be found/i,
    code: 'domain-unreachable',
    words: ({ domain, controller }) =>
      controller === null
        ? `No domain controller of ${domain} was found by DNS.`
        : `The domain controller ${controller} of ${domain} does not answer.`,
  },
];

/**
 * What `net` said, as an error for a technician. Its output holds no secret: the blob is printed only when all went
 * well, and the password never.
 */
export function sambaError(said: string, status: number, join: FailedJoin): MimeoError {
  const meaning = MEANINGS.find(({ sign }) => sign.test(said));
  if (meaning !== undefined) return new MimeoError(meaning.code, meaning.words(join));
  const lines = said.trim().split(/\r?\n/).slice(-3).join(' | ').slice(-400);
  return new MimeoError(
    'domain-join-failed',
    `${join.domain} did not make an account for ${join.computerName} (status ${status}): ${lines || 'nothing was said'}`,
  );
}
