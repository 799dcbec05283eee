import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agentScript } from './agent.ts';
import { entryScript, readScriptQuery } from './entry.ts';
import { localBootScript } from './local-boot.ts';
import { kernelCommandLine, screenText, scriptUrl, setting } from './text.ts';
import { waitScript } from './wait.ts';

const BASE = 'http://10.0.0.2:8080';

test('the first script, whole', () => {
  assert.equal(
    entryScript({ httpBase: BASE }),
    `#!ipxe
echo Mimeo: asking the server what to do
set tries:int32 0
:ask
chain --replace --autofree http://10.0.0.2:8080/boot/script?mac=\${netX/mac:hexhyp}&uuid=\${uuid}&platform=\${platform}&arch=\${buildarch}&nic=\${netX/busid:hexraw}&serial=\${serial:uristring}&manufacturer=\${manufacturer:uristring}&product=\${product:uristring} ||
inc tries
iseq \${tries} 12 && goto give-up ||
echo Mimeo: no answer yet (see above), trying again in 5 seconds
sleep 5
goto ask
:give-up
echo Mimeo: the server did not answer; starting this computer from its own disk.
iseq \${platform} efi && exit 1 ||
sanboot --no-describe --drive 0x80 ||
echo Mimeo: the first disk did not start; the firmware tries the next boot device.
exit 1
`,
  );
});

test('the script that loads the boot environment, whole', () => {
  assert.equal(
    agentScript({
      httpBase: BASE,
      kernel: '/boot/files/vmlinuz',
      initrds: ['/boot/files/initrd.img', '/boot/files/server-nics.img'],
      commandLine: 'mimeo.server=http://10.0.0.2:8080  BOOTIF=01-52-54-00-12-34-56 quiet',
    }),
    `#!ipxe
echo Mimeo: loading the boot environment
set tries:int32 0
:load
imgfree
kernel http://10.0.0.2:8080/boot/files/vmlinuz initrd=initrd.img initrd=server-nics.img mimeo.server=http://10.0.0.2:8080 BOOTIF=01-52-54-00-12-34-56 quiet || goto failed
initrd --name initrd.img http://10.0.0.2:8080/boot/files/initrd.img || goto failed
initrd --name server-nics.img http://10.0.0.2:8080/boot/files/server-nics.img || goto failed
boot ||
:failed
inc tries
iseq \${tries} 5 && goto give-up ||
echo Mimeo: the boot environment could not be loaded (the line above says why); trying again in 5 seconds
sleep 5
goto load
:give-up
echo Mimeo: gave up loading the boot environment; the reason is above. Starting this computer from its own disk in 30 seconds.
imgfree
sleep 30
iseq \${platform} efi && exit 1 ||
sanboot --no-describe --drive 0x80 ||
echo Mimeo: the first disk did not start; the firmware tries the next boot device.
exit 1
`,
  );
});

const local = {
  name: 'RM101-PC05',
  reason: 'nothing to do',
  menuUrl: `${BASE}/boot/menu?mac=52-54-00-12-34-56`,
};

test('the script of a host with nothing to do, whole, on BIOS and UEFI', () => {
  const head = `#!ipxe
echo RM101-PC05: nothing to do, starting its own disk; press m for Mimeo
prompt --key m --timeout 2000 && goto menu || goto disk
:menu
chain --replace --autofree http://10.0.0.2:8080/boot/menu?mac=52-54-00-12-34-56 ||
echo Mimeo: the menu could not be loaded (see above).
:disk
`;
  const bios = `sanboot --no-describe --drive 0x80 ||
echo Mimeo: the first disk did not start; the firmware tries the next boot device.
exit 1
`;
  assert.equal(localBootScript({ ...local, firmware: 'bios' }), head + bios);
  assert.equal(localBootScript({ ...local, firmware: 'uefi' }), `${head}exit 1\n`);
  assert.equal(localBootScript({ ...local, firmware: 'uefi', way: 'exit-success' }), `${head}exit 0\n`);
  assert.equal(
    localBootScript({ ...local, firmware: 'uefi', way: 'sanboot-efi' }),
    `${head}sanboot --no-describe --drive 0 ||\nexit 1\n`,
  );
  const vmware = localBootScript({ ...local, firmware: 'uefi', manufacturer: 'VMware, Inc.' });
  assert.match(vmware, /sanboot --no-describe --drive 0 \|\|\n/);
  assert.match(localBootScript({ ...local, firmware: 'bios', name: '' }), /echo This computer: nothing/);
});

test('the script of a host that waits, whole', () => {
  assert.equal(
    waitScript({ message: 'the server is starting', seconds: 10, retryUrl: `${BASE}/boot/entry.ipxe` }),
    `#!ipxe
echo Mimeo: the server is starting. Asking again in 10 seconds.
:again
sleep 10
chain --replace --autofree http://10.0.0.2:8080/boot/entry.ipxe || goto again
`,
  );
});

/** What iPXE would make commands of, line by line, as its exec.c splits them. */
function commandsOf(script: string): string[][] {
  return script.split('\n').map((line) => {
    const words = line.split(/\s+/).filter((word) => word !== '');
    const end = words.findIndex((word) => word.startsWith('#'));
    return end === -1 ? words : words.slice(0, end);
  });
}
const shape = (script: string): string[] =>
  commandsOf(script).map(
    (words) => `${words[0]} ${words.filter((word) => /^(\|\||&&|;)$/.test(word)).join(' ')}`,
  );

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '\n',
        '\r',
        ' ',
        ';',
        '||',
        '&&',
        '#',
        setting('net0/mac'),
        'a',
        '\\',
        '"',
        'chain',
        '\u2028',
      ),
    )
    .map((parts) => parts.join('')),
);

test('no name, reason or message adds a command or an expansion', () => {
  const plain = shape(localBootScript({ ...local, firmware: 'bios' }));
  const waiting = shape(waitScript({ message: 'x', seconds: 1, retryUrl: BASE }));
  fc.assert(
    fc.property(nasty, nasty, (name, reason) => {
      const script = localBootScript({ ...local, firmware: 'bios', name, reason });
      assert.deepEqual(shape(script), plain);
      assert.doesNotMatch(script, /\$/);
      assert.match(script, /^[\x20-\x7e\n]*$/);
      assert.deepEqual(shape(waitScript({ message: reason, seconds: 1, retryUrl: BASE })), waiting);
    }),
    { numRuns: 500 },
  );
});

test('a URL or command line is given as it is or refused', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      for (const insert of [(value: string) => scriptUrl(`${BASE}/${value}`), kernelCommandLine]) {
        try {
          const given = insert(text);
          assert.match(given, /^[\x20-\x7e]*$/);
          assert.doesNotMatch(given, /\$\{|(^| )(#|(\|\||&&|;)( |$))/);
        } catch (error) {
          assert.equal(error instanceof Error && 'code' in error && error.code, 'netboot-text');
        }
      }
    }),
    { numRuns: 500 },
  );
  for (const url of ['ftp://10.0.0.2/', 'boot/entry.ipxe', '', 'http://', 'http:// x/', `\n${BASE}`]) {
    assert.throws(() => scriptUrl(url), { code: 'netboot-text' }, url);
  }
  assert.throws(() => kernelCommandLine('x'.repeat(2048)), { code: 'netboot-text' });
  assert.throws(() => kernelCommandLine('quiet\nshell'), { code: 'netboot-text' });
  assert.equal(kernelCommandLine('a=b;c "d"'), 'a=b;c "d"');
});

test('what iPXE left in a query may come back in a URL', () => {
  const query = `product=Standard%20PC%20(Q35%20+%20ICH9)&serial=a|b;${setting('x')}&x=é#1`;
  assert.equal(
    scriptUrl(`${BASE}/boot/script?${query}`),
    `${BASE}/boot/script?product=Standard%20PC%20%28Q35%20+%20ICH9%29&serial=a%7Cb%3B%24%7Bx%7D&x=%C3%A9%231`,
  );
});

test('names with accents stay readable on a screen of ASCII', () => {
  assert.equal(screenText('Größe Café №7 ｱ'), 'Grosse Cafe No7 ?');
});

test('the question is read back, by new and by old builds of iPXE', () => {
  const said = {
    mac: '52:54:00:aa:bb:01',
    uuid: '00112233-4455-6677-8899-aabbccddeeff',
    platform: 'pcbios',
    arch: 'i386',
    nic: '018086100e',
    serial: 'S+1 &2',
    manufacturer: 'A&B + C=D',
    product: '50%/x #1?',
  };
  const begin =
    'mac=52-54-00-AA-BB-01&uuid=00112233-4455-6677-8899-AABBCCDDEEFF&platform=pcbios&arch=i386&nic=018086100e';
  // As iPXE 1.21.1 and as the 2019 build in QEMU's network cards sent it.
  const today = '&serial=S+1%20%262&manufacturer=A%26B%20+%20C%3DD&product=50%25%2Fx%20%231%3F';
  const older = '&serial=S+1%20&2&manufacturer=A&B%20+%20C=D&product=50%25/x%20%231%3F';
  assert.deepEqual(readScriptQuery(begin + today), said);
  assert.deepEqual(readScriptQuery(`?${begin}${older}`), said);
  assert.deepEqual(readScriptQuery(`${begin}${older}&menu=1`), said);
});

test('any query is read without throwing; what is no UTF-8 is Latin-1', () => {
  assert.equal(readScriptQuery('product=B%FCro').product, 'Büro');
  assert.equal(readScriptQuery('product=B%C3%BCro').product, 'Büro');
  assert.deepEqual(
    Object.values(readScriptQuery('')),
    Array.from({ length: 8 }, () => ''),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (query) => void readScriptQuery(query)));
});
