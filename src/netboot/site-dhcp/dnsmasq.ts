import { bootRows, type SiteDhcpFacts } from './boot-rows.ts';

/** Lines for dnsmasq's configuration; also what Mimeo uses where it runs dnsmasq beside itself. */
export function dnsmasqConfiguration(facts: SiteDhcpFacts): string {
  const lines = bootRows(facts).flatMap((row) => {
    if (row.vendorClass === null) {
      return [
        `dhcp-userclass=set:${row.name},iPXE`,
        `dhcp-boot=tag:${row.name},${row.file},,${facts.address}`,
      ];
    }
    return [
      ...row.architectures.map((code) => `dhcp-match=set:${row.name},option:client-arch,${code}`),
      `dhcp-boot=tag:${row.name},tag:!mimeo-ipxe,${row.file},,${facts.address}`,
      // A firmware that boots over HTTP takes an offer only if it says so itself.
      ...(row.vendorClass === 'HTTPClient' ? [`dhcp-option-force=tag:${row.name},60,HTTPClient`] : []),
    ];
  });
  return `${['# Network boot with Mimeo', ...lines].join('\n')}\n`;
}
