import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainHost } from './explain.ts';
import { resolveHost } from './resolve-host.ts';
import { host, profilesOf } from './testing/example.ts';
import { material, SCHOOL } from './testing/school.ts';

test('every value is shown with the line that says it, and no secret', () => {
  const lines = explainHost(resolveHost(profilesOf(SCHOOL), material, host()));
  const shown = lines.map(({ path, value, from }) => `${path} = ${value} <- ${from ?? 'nobody'}`);
  for (const wanted of [
    'computerName = R101-PC05 <- nobody',
    'region.language = fr-CH <- r101.toml, line 5, column 12',
    'windows.productKey = (secret) <- school.toml, line 6, column 15',
    'windows.autoLogon.account = pupil <- school.toml, line 9, column 14',
    'windows.skipQuestions = true <- nobody',
    'accounts[PUPIL].password = (secret) <- r101.toml, line 10, column 1',
    'domain.password = (secret) <- school.toml, line 18, column 12',
    'registryFiles[labs/r101.reg] =  <- r101.toml, line 7, column 23',
    'drivers[HP/Laser].files = 2 files <- places.toml, line 18, column 7',
    'firstBoot.packages[office].timeoutSeconds = 5400 <- places.toml, line 3, column 13',
    'firstBoot.packages[7zip].rebootCodes = 3010, 1641 <- school.toml, line 23, column 13',
    'windows.autoLogon.count = 1 <- school.toml, line 9, column 14',
    'firstBoot.printers[hall].path = \\\\print\\hall-R101-PC05 <- places.toml, line 13, column 8',
    'firstBoot.printers[hall].kind = shared <- places.toml, line 4, column 13',
  ]) {
    assert.ok(shown.includes(wanted), `${wanted}\nis not in\n${shown.join('\n')}`);
  }
  for (const secret of material.secrets.values()) {
    assert.ok(!shown.join('\n').toLowerCase().includes(secret), 'no secret');
  }
});
