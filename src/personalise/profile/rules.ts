import { isWindowsKeyboard, windowsLocale } from '../locales.ts';

/**
 * What single values of a profile have to look like. Each answers with the end of a sentence that starts with the
 * value, or null when nothing is wrong. They are asked of what is written, and again when placeholders are filled in.
 */
export type Rule = (value: string) => string | null;

/** BCP 47 with a country or region: the shape (RFC 5646), not whether somebody speaks it there. */
export const localeRule: Rule = (value) => {
  if (/^[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|\d{3})$/i.test(value)) return null;
  const country = windowsLocale(`${value}-${value.slice(0, 2)}`);
  const example = country === null ? 'de-DE or en-GB' : country.name;
  return `is no language with its country, such as ${example}`;
};

export const keyboardRule: Rule = (value) =>
  isWindowsKeyboard(value) || localeRule(value) === null
    ? null
    : 'is neither a language with its country (de-CH) nor written as Windows does (0407:00000407)';

/** A name of the IANA time zone database that this Node knows, links included. */
export const timeZoneRule: Rule = (value) => {
  if (/ Standard Time$/i.test(value))
    return "is Windows' own name of a time zone; write it as Europe/Berlin does";
  const isZone = /^([A-Za-z_]+(\/[A-Za-z0-9_+-]+){1,2}|UTC)$/.test(value) && isKnownZone(value);
  return isZone ? null : 'is no time zone; they are written as Europe/Berlin';
};

function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const productKeyRule: Rule = (value) =>
  /^([A-Z0-9]{5}-){4}[A-Z0-9]{5}$/i.test(value)
    ? null
    : 'is no key of the form XXXXX-XXXXX-XXXXX-XXXXX-XXXXX';

/** Windows: at most 20 characters, and none that separates things elsewhere (Microsoft: "User name" of a SAM account). */
export const windowsAccountRule: Rule = (value) => {
  if (value.length > 20) return 'is longer than the 20 characters of an account';
  const bad = /["/\\[\]:;|=,+*?<>@]/.exec(value);
  if (bad !== null) return `contains ${bad[0]}, which no account may have`;
  return /^[. ]+$/.test(value) || value !== value.trim() ? 'is no name for an account' : null;
};

/** What useradd takes on every distribution. */
export const linuxAccountRule: Rule = (value) =>
  /^[a-z_][a-z0-9_-]{0,31}$/.test(value)
    ? null
    : 'is no name for an account on Linux: small letters, digits, _ and -, at most 32';

/** crypt(5): a method between dollars, never the password itself. */
export const passwordHashRule: Rule = (value) =>
  /^\$[0-9a-z]+\$[^\s:]{8,}$/.test(value)
    ? null
    : 'is no password hash, as `openssl passwd -6` makes it; a password in plain text does not belong here';

export const sshKeyRule: Rule = (value) =>
  /^((ssh|ecdsa|sk)-[a-z0-9@.-]+) [A-Za-z0-9+/=]{20,}( .*)?$/.test(value)
    ? null
    : 'is no public key, a line of a file such as id_ed25519.pub';

export const domainNameRule: Rule = (value) =>
  value.length <= 255 &&
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(value)
    ? null
    : 'is no DNS name of a domain, such as school.example';

/** NetBIOS: as Windows takes the name of a workgroup. */
export const workgroupRule: Rule = (value) =>
  value.length <= 15 && /^[^\s"/\\[\]:;|=,+*?<>.][^"/\\[\]:;|=,+*?<>]*$/.test(value)
    ? null
    : 'is no name of a workgroup: 15 characters at most, and none of " / \\ [ ] : ; | = , + * ? < >';

/** RFC 4514 as far as a unit has it: `OU=…,DC=…`. */
export const unitRule: Rule = (value) =>
  /^((OU|CN)=([^,+"\\<>;=]|\\.)+,)+DC=[^,]+(,DC=[^,]+)*$/i.test(value)
    ? null
    : 'is no distinguished name of a unit, such as OU=Labs,DC=school,DC=example';

export const queueRule: Rule = (value) =>
  /^\\\\[^\\/\s]+\\[^\\/]+$/.test(value)
    ? null
    : "is no path of a printer; write it in single quotes: '\\\\server\\printer'";

/** IPv4, IPv6 or a DNS name. */
export const addressRule: Rule = (value) =>
  /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(value) ||
  /^[0-9a-f:]*:[0-9a-f:.]+$/i.test(value)
    ? null
    : 'is neither an address such as 192.0.2.9 nor a DNS name';

/** A place below a folder of the share: no way out of it, no name that Windows cannot have. */
export const shareFolderRule: Rule = (value) => {
  if (value.includes('\\')) return 'has a backslash; folders are separated by / here';
  const parts = value.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'has to be a path such as HP/LaserJet, inside the folder of the share';
  }
  return parts.some((part) => /[<>:"|?*]/.test(part) || /[. ]$/.test(part))
    ? 'has a name in it that Windows cannot have'
    : null;
};

/** The .inf file of a driver: in a folder of its own, as the whole folder is copied. */
export const infRule: Rule = (value) => {
  if (!/\.inf$/i.test(value)) return 'is no .inf file';
  return value.includes('/')
    ? shareFolderRule(value)
    : 'has to be in a folder of drivers, such as HP/LaserJet/hp.inf';
};

/** A path of the share in which `*` and `?` may stand for parts of a name. */
export const sharePatternRule: Rule = (value) => shareFolderRule(value.replaceAll(/[*?]/g, 'x'));

/** A file of the folder `secrets`: a name and never a path, so that no profile can name another file of the server. */
export const secretNameRule: Rule = (value) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value)
    ? null
    : 'is no name of a secret: letters, digits, dots, dashes and underscores, no path';

export const windowsPathRule: Rule = (value) =>
  /^([A-Za-z]:|%[A-Za-z0-9()_]+%)\\[^<>"|?*]+$/.test(value)
    ? null
    : "is no full path; write it in single quotes: 'C:\\Program Files\\…'";

export const registryKeyRule: Rule = (value) =>
  /^(HKEY_LOCAL_MACHINE|HKLM|HKEY_USERS|HKU|HKEY_CLASSES_ROOT|HKCR)\\[^\\]+(\\[^\\]+)*$/i.test(value)
    ? null
    : "is no key of the registry that every user has; write it in single quotes: 'HKLM\\SOFTWARE\\…'";
