import { type BootRow, bootRows, type SiteDhcpFacts } from './boot-rows.ts';

/** The member `client-classes` for `Dhcp4` in Kea's `kea-dhcp4.conf`, as JSON with the braces around it. */
export function keaConfiguration(facts: SiteDhcpFacts): string {
  const classes = bootRows(facts).map((row) => ({
    name: row.name,
    test: condition(row),
    'next-server': facts.address,
    'boot-file-name': row.file,
    // A firmware that boots over HTTP takes an offer only if it says so itself.
    ...(row.vendorClass === 'HTTPClient'
      ? { 'option-data': [{ name: 'vendor-class-identifier', data: 'HTTPClient' }] }
      : {}),
  }));
  return `${JSON.stringify({ Dhcp4: { 'client-classes': classes } }, null, 2)}\n`;
}

function condition(row: BootRow): string {
  if (row.vendorClass === null) return "option[77].hex == 'iPXE'";
  const begins = `substring(option[60].hex, 0, ${row.vendorClass.length}) == '${row.vendorClass}'`;
  const codes = row.architectures.map((code) => `option[93].hex == 0x${code.toString(16).padStart(4, '0')}`);
  return `${begins} and (${codes.join(' or ')}) and not member('mimeo-ipxe')`;
}
