import { type BootRow, bootRows, type SiteDhcpFacts } from './boot-rows.ts';

/** Lines for ISC dhcpd's `dhcpd.conf`, at its top level. */
export function iscConfiguration(facts: SiteDhcpFacts): string {
  const classes = bootRows(facts).flatMap((row) => [
    '',
    `class "${row.name}" {`,
    `  match if ${condition(row)};`,
    `  next-server ${facts.address};`,
    `  filename "${row.file}";`,
    // A firmware that boots over HTTP takes an offer only if it says so itself.
    ...(row.vendorClass === 'HTTPClient' ? ['  option vendor-class-identifier "HTTPClient";'] : []),
    '}',
  ]);
  return `${['# Network boot with Mimeo', 'option mimeo-architecture code 93 = unsigned integer 16;', ...classes].join('\n')}\n`;
}

function condition(row: BootRow): string {
  const ipxe = '(exists user-class and option user-class = "iPXE")';
  if (row.vendorClass === null) return 'exists user-class and option user-class = "iPXE"';
  const begins = `substring(option vendor-class-identifier, 0, ${row.vendorClass.length}) = "${row.vendorClass}"`;
  const codes = row.architectures.map(
    (code) => `option mimeo-architecture = 00:${code.toString(16).padStart(2, '0')}`,
  );
  const architecture = codes.length === 1 ? codes.join('') : `(${codes.join(' or ')})`;
  return [`not ${ipxe}`, begins, architecture].join('\n    and ');
}
