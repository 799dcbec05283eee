/** The names of one host, before and after. */
export interface HostNames {
  readonly name: string;
  /** DNS domain, or null when none is known. */
  readonly domain: string | null;
  /** What the master was called; null when it had no name. */
  readonly oldName: string | null;
}

interface Line {
  readonly indent: string;
  readonly address: string;
  readonly names: readonly string[];
  /** What stands between and around them. */
  readonly gaps: readonly string[];
  readonly comment: string;
}

/** The DNS domain that the master's own line gives it: `school.example` of `127.0.1.1 old.school.example old`. */
export function domainInHosts(text: string, oldName: string): string | null {
  const names = text.split('\n').flatMap((line) => {
    const { address, names } = parse(line);
    return isLoopback(address) ? names : [];
  });
  const full = names.find((name) => name.toLowerCase().startsWith(`${oldName.toLowerCase()}.`));
  if (full === undefined || full.toLowerCase().startsWith('localhost.')) return null;
  return full.slice(oldName.length + 1);
}

/**
 * /etc/hosts with the host's own name at 127.0.1.1, the full one first (Debian's custom, and what `hostname -f` finds).
 * The master's names go from the loopback addresses; everything else stays, blanks and comments too.
 */
export function nameInHosts(text: string, { name, domain, oldName }: HostNames): string {
  const full = domain === null ? null : `${name}.${domain}`;
  const lines = text.split('\n');
  const own = lines.findIndex((line) => parse(line).address === '127.0.1.1');
  const changed = lines.map((line, at) => {
    const parsed = parse(line);
    if (!isLoopback(parsed.address)) return line;
    const renamed = at === own ? [] : parsed.names.map((one) => rename(one, { name, domain, oldName }));
    const aliases = parsed.names.filter((one) => !isOf(one, oldName) && !isOf(one, name));
    const names = at === own ? [...(full === null ? [] : [full]), name, ...aliases] : renamed;
    return names.join(' ') === parsed.names.join(' ') ? line : format(parsed, [...new Set(names)]);
  });
  if (own >= 0) return changed.join('\n');
  const after = lines.findLastIndex((line) => parse(line).address === '127.0.0.1');
  return changed.toSpliced(after + 1, 0, `127.0.1.1\t${full === null ? '' : `${full} `}${name}`).join('\n');
}

/** Addresses other than the loopback's that still name the master. */
export function otherAddressesOf(text: string, oldName: string): string[] {
  return text.split('\n').flatMap((line) => {
    const { address, names } = parse(line);
    return address !== '' && !isLoopback(address) && names.some((one) => isOf(one, oldName)) ? [address] : [];
  });
}

function rename(one: string, { name, domain, oldName }: HostNames): string {
  if (oldName === null || !isOf(one, oldName)) return one;
  if (one.length === oldName.length) return name;
  return domain === null ? name : `${name}.${domain}`;
}

/** Whether a name is this host's, short or full. `localhost` is nobody's. */
function isOf(one: string, name: string | null): boolean {
  if (name === null || name.toLowerCase() === 'localhost') return false;
  const [mine, its] = [one.toLowerCase(), name.toLowerCase()];
  return mine === its || mine.startsWith(`${its}.`);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function parse(line: string): Line {
  const at = line.indexOf('#');
  const [body, comment] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at)];
  const indent = body.slice(0, body.length - body.trimStart().length);
  const [address = '', ...names] = body.split(/\s+/).filter((word) => word !== '');
  return { indent, address, names, gaps: body.trimStart().match(/\s+/g) ?? [], comment };
}

/** The line with other names: its own gaps as far as they reach. */
function format({ indent, address, gaps, comment }: Line, names: readonly string[]): string {
  const first = gaps[0] ?? '\t';
  const between = gaps[1] !== undefined && /^[ \t]+$/.test(gaps[1]) ? gaps[1] : ' ';
  return `${indent}${address}${first}${names.join(between)}${comment === '' ? '' : ` ${comment}`}`;
}
