import { type BootRow, bootRows, type SiteDhcpFacts } from './boot-rows.ts';

/**
 * Lines for ISC dhcpd's `dhcpd.conf`, at its top level. A chain of conditions and not classes: `not` over an
 * option that a client did not send is neither true nor false to dhcpd, so no class could exclude iPXE.
 */
export function iscConfiguration(facts: SiteDhcpFacts): string {
  const chain = bootRows(facts).flatMap((row, at) => [
    `${at === 0 ? 'if' : '} elsif'} ${condition(row)} {`,
    `  next-server ${facts.address};`,
    `  filename "${row.file}";`,
    // A firmware that boots over HTTP takes an offer only if it says so itself.
    ...(row.vendorClass === 'HTTPClient' ? ['  option vendor-class-identifier "HTTPClient";'] : []),
  ]);
  const head = ['# Network boot with Mimeo', 'option mimeo-architecture code 93 = unsigned integer 16;'];
  return `${[...head, ...chain, '}'].join('\n')}\n`;
}

function condition(row: BootRow): string {
  if (row.vendorClass === null) return 'exists user-class and option user-class = "iPXE"';
  const begins = `substring(option vendor-class-identifier, 0, ${row.vendorClass.length}) = "${row.vendorClass}"`;
  const codes = row.architectures.map(
    (code) => `option mimeo-architecture = 00:${code.toString(16).padStart(2, '0')}`,
  );
  return `${begins}\n    and ${codes.length === 1 ? codes.join('') : `(${codes.join(' or ')})`}`;
}
