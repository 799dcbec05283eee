import { run } from '../../src/command.ts';

/**
 * What ntfs-3g shows of a file beyond its contents, by the name under which it is compared. `_be` is the
 * byte order: these read the same as hexadecimal numbers do.
 */
const SYSTEM_ATTRIBUTES = {
  attributes: 'system.ntfs_attrib_be',
  times: 'system.ntfs_times_be',
  security: 'system.ntfs_acl',
  'reparse data': 'system.ntfs_reparse_data',
  'object id': 'system.ntfs_object_id',
  'extended attributes': 'system.ntfs_ea',
} as const;

/** Calls `add` for each extended fact of each file below a mounted volume; `''` is the volume's root. */
export async function eachExtendedFact(
  root: string,
  add: (path: string, name: string, value: string) => void,
): Promise<void> {
  for (const [name, attribute] of Object.entries(SYSTEM_ATTRIBUTES)) {
    await getfattr(root, ['--name', attribute], (path, _, value) => add(path, name, value));
  }
  await getfattr(root, ['--dump', '--match', '^user\\.'], (path, attribute, value) => {
    add(path, `stream ${attribute.slice('user.'.length)}`, value);
  });
}

async function getfattr(
  root: string,
  choice: readonly string[],
  add: (path: string, attribute: string, value: string) => void,
): Promise<void> {
  const walk = ['getfattr', '--recursive', '--physical', '--no-dereference', '--encoding=hex'];
  // Status 1: some files have no such attribute.
  const { stdout } = await run([...walk, ...choice, '.'], { cwd: root, allowStatus: [0, 1] });
  for (const { path, attribute, value } of parseGetfattr(stdout)) add(path, attribute, value);
}

/** Reads getfattr's dump: `# file: path`, then `name=value` lines; bytes in octal where it escapes them. */
export function* parseGetfattr(
  dump: Buffer,
): Generator<{ readonly path: string; readonly attribute: string; readonly value: string }> {
  let path = '';
  for (const line of dump.toString('latin1').split('\n')) {
    if (line.startsWith('# file: ')) {
      path = unquoted(line.slice('# file: '.length)).replace(/^\.\/?/, '');
    } else if (line !== '') {
      const equals = line.lastIndexOf('=');
      const [attribute, value] = equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)];
      yield { path, attribute: unquoted(attribute), value };
    }
  }
}

function unquoted(latin1: string): string {
  const bytes = latin1.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
