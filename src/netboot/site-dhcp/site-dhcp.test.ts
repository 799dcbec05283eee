import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { SiteDhcpFacts } from './boot-rows.ts';
import { dnsmasqConfiguration } from './dnsmasq.ts';
import { iscConfiguration } from './isc.ts';
import { keaConfiguration } from './kea.ts';
import { microsoftConfiguration } from './microsoft.ts';

const facts: SiteDhcpFacts = {
  address: '10.0.0.2',
  httpBase: 'http://10.0.0.2:8080',
  programs: { bios: 'undionly.kpxe', uefiX64: 'snponly.efi' },
};

test('ISC dhcpd, whole', () => {
  assert.equal(
    iscConfiguration(facts),
    `# Network boot with Mimeo
option mimeo-architecture code 93 = unsigned integer 16;
if exists user-class and option user-class = "iPXE" {
  next-server 10.0.0.2;
  filename "http://10.0.0.2:8080/boot/entry.ipxe";
} elsif substring(option vendor-class-identifier, 0, 10) = "HTTPClient"
    and option mimeo-architecture = 00:10 {
  next-server 10.0.0.2;
  filename "http://10.0.0.2:8080/boot/files/snponly.efi";
  option vendor-class-identifier "HTTPClient";
} elsif substring(option vendor-class-identifier, 0, 9) = "PXEClient"
    and option mimeo-architecture = 00:00 {
  next-server 10.0.0.2;
  filename "undionly.kpxe";
} elsif substring(option vendor-class-identifier, 0, 9) = "PXEClient"
    and (option mimeo-architecture = 00:07 or option mimeo-architecture = 00:09) {
  next-server 10.0.0.2;
  filename "snponly.efi";
}
`,
  );
});

test('Kea, whole', () => {
  const common = { 'next-server': '10.0.0.2' };
  assert.deepEqual(JSON.parse(keaConfiguration(facts)), {
    Dhcp4: {
      'client-classes': [
        {
          name: 'mimeo-ipxe',
          test: "option[77].hex == 'iPXE'",
          ...common,
          'boot-file-name': 'http://10.0.0.2:8080/boot/entry.ipxe',
        },
        {
          name: 'mimeo-http',
          test: "substring(option[60].hex, 0, 10) == 'HTTPClient' and (option[93].hex == 0x0010) and not member('mimeo-ipxe')",
          ...common,
          'boot-file-name': 'http://10.0.0.2:8080/boot/files/snponly.efi',
          'option-data': [{ name: 'vendor-class-identifier', data: 'HTTPClient' }],
        },
        {
          name: 'mimeo-bios',
          test: "substring(option[60].hex, 0, 9) == 'PXEClient' and (option[93].hex == 0x0000) and not member('mimeo-ipxe')",
          ...common,
          'boot-file-name': 'undionly.kpxe',
        },
        {
          name: 'mimeo-uefi',
          test: "substring(option[60].hex, 0, 9) == 'PXEClient' and (option[93].hex == 0x0007 or option[93].hex == 0x0009) and not member('mimeo-ipxe')",
          ...common,
          'boot-file-name': 'snponly.efi',
        },
      ],
    },
  });
});

test('dnsmasq, whole, and dnsmasq itself takes it', (t) => {
  const text = dnsmasqConfiguration(facts);
  assert.equal(
    text,
    `# Network boot with Mimeo
dhcp-userclass=set:mimeo-ipxe,iPXE
dhcp-boot=tag:mimeo-ipxe,http://10.0.0.2:8080/boot/entry.ipxe,,10.0.0.2
dhcp-match=set:mimeo-http,option:client-arch,16
dhcp-boot=tag:mimeo-http,tag:!mimeo-ipxe,http://10.0.0.2:8080/boot/files/snponly.efi,,10.0.0.2
dhcp-option-force=tag:mimeo-http,60,HTTPClient
dhcp-match=set:mimeo-bios,option:client-arch,0
dhcp-boot=tag:mimeo-bios,tag:!mimeo-ipxe,undionly.kpxe,,10.0.0.2
dhcp-match=set:mimeo-uefi,option:client-arch,7
dhcp-match=set:mimeo-uefi,option:client-arch,9
dhcp-boot=tag:mimeo-uefi,tag:!mimeo-ipxe,snponly.efi,,10.0.0.2
`,
  );
  const check = spawnSync('dnsmasq', ['--test', '--conf-file=-'], { input: text, encoding: 'utf8' });
  if (check.error) t.diagnostic('dnsmasq is not installed: its own check was left out');
  else assert.match(check.stderr, /syntax check OK/);
});

test('Microsoft DHCP, whole', () => {
  assert.equal(
    microsoftConfiguration(facts),
    `# Network boot with Mimeo: run in an elevated PowerShell on the DHCP server
$ErrorActionPreference = 'Stop'

Add-DhcpServerv4Class -Name 'mimeo-ipxe' -Type User -Data 'iPXE'
Add-DhcpServerv4Policy -Name 'mimeo-ipxe' -ProcessingOrder 1 -Condition OR -UserClass EQ, 'mimeo-ipxe'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-ipxe' -OptionId 66 -Value '10.0.0.2'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-ipxe' -OptionId 67 -Value 'http://10.0.0.2:8080/boot/entry.ipxe'

Add-DhcpServerv4Class -Name 'mimeo-http-16' -Type Vendor -Data 'HTTPClient:Arch:00016'
Add-DhcpServerv4Policy -Name 'mimeo-http' -ProcessingOrder 2 -Condition OR -VendorClass EQ, 'mimeo-http-16*'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-http' -OptionId 66 -Value '10.0.0.2'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-http' -OptionId 67 -Value 'http://10.0.0.2:8080/boot/files/snponly.efi'
if (-not (Get-DhcpServerv4OptionDefinition | Where-Object OptionId -eq 60)) {
  Add-DhcpServerv4OptionDefinition -OptionId 60 -Name 'Vendor class' -Type String
}
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-http' -OptionId 60 -Value 'HTTPClient'

Add-DhcpServerv4Class -Name 'mimeo-bios-0' -Type Vendor -Data 'PXEClient:Arch:00000'
Add-DhcpServerv4Policy -Name 'mimeo-bios' -ProcessingOrder 3 -Condition OR -VendorClass EQ, 'mimeo-bios-0*'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-bios' -OptionId 66 -Value '10.0.0.2'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-bios' -OptionId 67 -Value 'undionly.kpxe'

Add-DhcpServerv4Class -Name 'mimeo-uefi-7' -Type Vendor -Data 'PXEClient:Arch:00007'
Add-DhcpServerv4Class -Name 'mimeo-uefi-9' -Type Vendor -Data 'PXEClient:Arch:00009'
Add-DhcpServerv4Policy -Name 'mimeo-uefi' -ProcessingOrder 4 -Condition OR -VendorClass EQ, 'mimeo-uefi-7*', 'mimeo-uefi-9*'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-uefi' -OptionId 66 -Value '10.0.0.2'
Set-DhcpServerv4OptionValue -PolicyName 'mimeo-uefi' -OptionId 67 -Value 'snponly.efi'
`.replaceAll('\n', '\r\n'),
  );
});

test('what is no address, URL or name is refused, so that nothing else gets into a configuration', () => {
  for (const wrong of [
    { ...facts, address: '10.0.0.2"; evil' },
    { ...facts, httpBase: 'file:///etc' },
    { ...facts, programs: { bios: 'a b', uefiX64: 'x' } },
  ]) {
    assert.throws(() => iscConfiguration(wrong));
    assert.throws(() => microsoftConfiguration(wrong));
  }
  const text = microsoftConfiguration({ ...facts, entryPath: "/'; evil" });
  assert.match(text, /-Value 'http:\/\/10\.0\.0\.2:8080\/%27%3B%20evil'/);
});
