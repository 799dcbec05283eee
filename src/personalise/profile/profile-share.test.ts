import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MimeoError } from '../../errors.ts';
import { HashBook } from './hash-book.ts';
import { ProfileShare } from './profile-share.ts';
import { resolveHost } from './resolve-host.ts';
import { describeFile } from './share-files.ts';
import { host } from './testing/example.ts';

/** Every file counts as settled. */
const later = { now: () => Date.now() + 60_000 };

async function site(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-share-'));
  t.after(() => rm(folder, { recursive: true }));
  const put = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode: 0o600 });
  };
  for (const [path, content] of Object.entries(files)) await put(path, content);
  const options = {
    share: join(folder, 'share'),
    secrets: join(folder, 'secrets'),
    hashes: join(folder, 'hashes.json'),
    clock: later,
  };
  return { folder, put, options, share: new ProfileShare(options) };
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

const FILES = {
  'share/profiles/school.toml': `[windows]
administrator_password = { secret = "admin" }
[drivers]
folders = ["hp/laser"]
[first_boot]
packages = ["7zip"]
[[package]]
name = "7zip"
`,
  'share/profiles/README.txt': 'no profile',
  'share/profiles/._school.toml': 'litter',
  'share/drivers/HP/Laser/hp.inf': 'inf',
  'share/drivers/HP/Laser/Thumbs.db': 'litter',
  'share/packages/7Zip/7z.msi': 'msi',
  'share/registry/b10.reg': 'ten',
  'share/registry/b9.reg': 'nine',
  'share/registry/labs/r101.reg': 'lab',
  'secrets/admin': 'geheim\n',
};

test('the share is read as its profiles need it, whatever the case of its folders', async (t) => {
  const { share } = await site(t, FILES);
  const { profiles, material, warnings } = await share.read();
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    material.registryFiles.map(({ name }) => name),
    ['b9.reg', 'b10.reg', 'labs/r101.reg'],
  );
  const { settings } = resolveHost(profiles, material, host());
  assert.equal(settings.windows.administratorPassword, 'geheim');
  assert.deepEqual(settings.drivers, [
    { path: 'HP/Laser', files: [{ path: 'hp.inf', bytes: 3, sha256: sha('inf') }] },
  ]);
  assert.deepEqual(settings.firstBoot?.packages[0]?.files, [
    { path: '7z.msi', bytes: 3, sha256: sha('msi') },
  ]);
  assert.equal(await share.sha256('packages', '7Zip/7z.msi'), sha('msi'));
  await assert.rejects(share.sha256('packages', '../../secrets/admin'), /is not in the share's packages/);
});

test('an empty site has no profiles, and that is fine', async (t) => {
  const { share } = await site(t, {});
  const { profiles, material } = await share.read();
  assert.equal(profiles.sheets.length, 0);
  assert.deepEqual(material.registryFiles, []);
});

test('what the profiles name and nobody has is told with its line; what is put there is found at once', async (t) => {
  const { share, put } = await site(t, {
    'share/profiles/a.toml': `[windows]
product_key = { secret = "key" }
[drivers]
folders = ["!Old", "HP"]
[[package]]
name = "7zip"
files = ["x.msi"]
[[package]]
name = "tool"
[[package]]
name = "command"
command = "wuauclt"
[[printer]]
name = "p"
address = "192.0.2.1"
driver = "P"
inf = "P/p.inf"
`,
    'share/packages/7zip/y.msi': '',
    'share/packages/tool/a.msi': '',
    'share/packages/tool/b.msi': '',
    'share/drivers/P/q.inf': '',
  });
  const words = async (): Promise<string[]> =>
    (await share.check()).problems.map(({ at, message }) => `${at?.line}: ${message}`);
  assert.deepEqual((await words()).toSorted(), [
    '17: There is no file p.inf in drivers/P.',
    '2: There is no secret key on this server.',
    "4: There is no folder HP in the share's drivers.",
    '5: The package 7zip has no command, and not exactly one .msi file that could be installed without.',
    '7: There is no file x.msi in packages/7zip.',
    '8: The package tool has no command, and not exactly one .msi file that could be installed without.',
  ]);
  await put('secrets/key', 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\r\n');
  await put('share/drivers/hp/x.inf', '');
  await put(
    'share/profiles/a.toml',
    '[drivers]\nfolders = ["HP"]\n[windows]\nproduct_key = { secret = "key" }\n',
  );
  assert.deepEqual(await words(), []);
  await put('share/profiles/b.toml', '[drivrs]\n');
  await assert.rejects(
    share.read(),
    (error) => error instanceof MimeoError && /b\.toml, line 1, column 1/.test(error.message),
  );
});

test('links lead nowhere: neither profiles nor drivers nor secrets are read through them', async (t) => {
  const { share, folder, put } = await site(t, {
    'share/profiles/a.toml':
      '[[accounts]]\nname = "a"\npassword = { secret = "s" }\n[drivers]\nfolders = ["out"]\n',
    'elsewhere/secret': 'x',
    'secrets/other': 'x',
  });
  await put('share/drivers/in/a.inf', '');
  await symlink(join(folder, 'elsewhere'), join(folder, 'share/drivers/out'));
  await symlink(join(folder, 'elsewhere/secret'), join(folder, 'share/profiles/b.toml'));
  await symlink(join(folder, 'elsewhere/secret'), join(folder, 'share/drivers/in/b.inf'));
  const { problems } = await share.check();
  assert.deepEqual(new Set(problems.map(({ at }) => at?.line)), new Set([3, 5]));
  assert.deepEqual(
    (await share.folder('drivers', 'in'))?.files.map(({ path }) => path),
    ['a.inf'],
  );
  await symlink(join(folder, 'elsewhere/secret'), join(folder, 'secrets/s'));
  await assert.rejects(share.check(), /The secret .*\/secrets\/s cannot be read \(ELOOP\)/);
});

test('a secret is one line; who else may read it is warned of; it is not kept in the share', async (t) => {
  const { share, folder, put, options } = await site(t, {
    'share/profiles/a.toml': '[[accounts]]\nname = "a"\npassword = { secret = "s" }\n',
    'secrets/s': 'two\nlines\n',
  });
  await assert.rejects(share.read(), (error) => {
    assert.ok(error instanceof MimeoError);
    assert.match(error.message, /is not one line of text/);
    assert.ok(!error.message.includes('two'));
    return true;
  });
  await put('secrets/s', 'good');
  await chmod(join(folder, 'secrets/s'), 0o644);
  assert.match(
    (await share.read()).warnings.join(),
    /Others than its owner may read the secret .*: chmod 600 it/,
  );
  const inside = new ProfileShare({ ...options, secrets: join(options.share, 'secrets') });
  await assert.rejects(inside.read(), /The secrets are in the share/);
});

test('a file is hashed once for each of its versions, across restarts too; one that changes is hashed again', async (t) => {
  const { folder, put } = await site(t, { file: 'old' });
  const path = join(folder, 'file');
  const book = join(folder, 'book.json');
  const first = new HashBook({ path: book, clock: later });
  const version = await describeFile(path, 'file');
  assert.equal(await first.sha256(path, version), sha('old'));
  await first.save();
  // What the book says of this version is believed without a look at the file.
  const second = new HashBook({ path: book, clock: later });
  await rm(path);
  assert.equal(await second.sha256(path, version), sha('old'));
  // The same size and the same date, as a copying program leaves it.
  await put('file', 'new');
  await utimes(path, version.changedMs / 1000, version.changedMs / 1000);
  assert.equal(await second.sha256(path, await describeFile(path, 'file')), sha('new'));

  const hasty = new HashBook({ path: book, clock: { now: () => Date.now() } });
  await put('file', 'abc');
  const fresh = await describeFile(path, 'file');
  assert.equal(await hasty.sha256(path, fresh), sha('abc'));
  await rm(path);
  await assert.rejects(hasty.sha256(path, fresh), /ENOENT/, 'a file that has just changed is not remembered');

  await writeFile(book, '{"x": 1');
  await put('file', 'abc');
  const broken = new HashBook({ path: book, clock: later });
  assert.equal(await broken.sha256(path, await describeFile(path, 'file')), sha('abc'));
});
