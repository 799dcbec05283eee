/**
 * SMBIOS values that tell no machine from another: boards are shipped with them by the thousand.
 * Sources: DSP0134 7.2.1 (all zeros: not present; all ones: not set yet); American Megatrends' reference firmware
 * (03000200-…); Insyde's (12345678-…); the blacklists that GLPI is installed with (most serials); the rubbish
 * strings of systemd's 20-dmi-id.hwdb; github.com/FOGProject/fogproject#196 (all ones on MSI boards) and
 * github.com/siderolabs/talos#7694. One repeated digit is caught without a row. Add a row when a site meets another.
 */
const BOGUS_UUIDS: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '03000200-0400-0500-0006-000700080009', // AMI reference code
  '00020003-0004-0005-0006-000700080009', // the same in the other byte order
  '00010203-0405-0607-0809-0a0b0c0d0e0f', // counted up
  '12345678-1234-5678-90ab-cddeefaabbcc', // Insyde, small boards and tablets
  '01234567-8910-1112-1314-151617181920',
  '01234567-89ab-cdef-0123-456789abcdef',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
  'deadbeef-dead-beef-dead-beefdeadbeef',
]);

const BOGUS_SERIALS: ReadonlySet<string> = new Set([
  'tobefilledbyoem',
  'tobefilled',
  'filledbyoem',
  'defaultstring',
  'systemserialnumber',
  'chassisserialnumber',
  'baseboardserialnumber',
  'serialnumber',
  'sysserialnumber',
  'systemproductname',
  'systemmanufacturer',
  'notapplicable',
  'notspecified',
  'notavailable',
  'notpresent',
  'notset',
  'invalid',
  'unknown',
  'none',
  'null',
  'empty',
  'oem',
  'na',
  'standard',
  'default',
  'nullstring',
  'eval',
  'iatpass',
  'sys1234567890',
  'sys9876543210',
  'sn12345',
  'sn1234567890',
  '123456789',
  '0123456789',
  '1234567890',
  '12345678',
  '12345',
  '123456',
  '1234567',
  '123456789000',
  '12345678901234567',
  '012345678',
  '0123456789abcdef',
]);

/** Whether a canonical UUID is one that many machines share. */
export function isBogusUuid(uuid: string): boolean {
  return BOGUS_UUIDS.has(uuid) || /^(.)\1*$/.test(uuid.replaceAll('-', ''));
}

/** Whether a serial number says nothing: a placeholder, one character repeated, or too short to be one. */
export function isBogusSerial(serial: string): boolean {
  const letters = serial.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return letters.length < 4 || BOGUS_SERIALS.has(letters) || /^(.)\1*$/.test(letters);
}
