import { type BootRow, bootRows, type SiteDhcpFacts } from './boot-rows.ts';

/**
 * A PowerShell script for the DHCP server of Windows Server 2012 and later: classes and server-wide
 * policies. Of the policies that fit a client, the first one's options win.
 */
export function microsoftConfiguration(facts: SiteDhcpFacts): string {
  const rows = bootRows(facts);
  const lines = rows.flatMap((row, at) => policy(row, at + 1, facts.address));
  return `${['# Network boot with Mimeo: run in an elevated PowerShell on the DHCP server', "$ErrorActionPreference = 'Stop'", ...lines].join('\r\n')}\r\n`;
}

function policy(row: BootRow, order: number, address: string): string[] {
  const classes =
    row.vendorClass === null
      ? [{ name: row.name, data: 'iPXE' }]
      : row.architectures.map((code) => ({
          name: `${row.name}-${code}`,
          data: `${row.vendorClass}:Arch:${String(code).padStart(5, '0')}`,
        }));
  const type = row.vendorClass === null ? 'User' : 'Vendor';
  // The star: option 60 goes on after the architecture (":UNDI:003016").
  const names = classes.map(({ name }) => `'${name}${type === 'Vendor' ? '*' : ''}'`).join(', ');
  return [
    '',
    ...classes.map(({ name, data }) => `Add-DhcpServerv4Class -Name '${name}' -Type ${type} -Data '${data}'`),
    `Add-DhcpServerv4Policy -Name '${row.name}' -ProcessingOrder ${order} -Condition OR -${type}Class EQ, ${names}`,
    `Set-DhcpServerv4OptionValue -PolicyName '${row.name}' -OptionId 66 -Value '${address}'`,
    `Set-DhcpServerv4OptionValue -PolicyName '${row.name}' -OptionId 67 -Value '${row.file}'`,
    // A firmware that boots over HTTP takes an offer only if it says so itself; option 60 is not predefined.
    ...(row.vendorClass === 'HTTPClient'
      ? [
          'if (-not (Get-DhcpServerv4OptionDefinition | Where-Object OptionId -eq 60)) {',
          "  Add-DhcpServerv4OptionDefinition -OptionId 60 -Name 'Vendor class' -Type String",
          '}',
          `Set-DhcpServerv4OptionValue -PolicyName '${row.name}' -OptionId 60 -Value 'HTTPClient'`,
        ]
      : []),
  ];
}
