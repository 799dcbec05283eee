import { run } from '../../src/command.ts';

export const SUITE = 'bookworm';

/** Where this machine's own apt takes {@link SUITE} from; null when it does not. */
export async function debianMirror(): Promise<string | null> {
  const format = '$(RELEASE) $(CREATED_BY) $(REPO_URI)';
  const { stdout } = await run(['apt-get', 'indextargets', '--format', format]);
  const lines = stdout.toString().split('\n');
  const found = lines
    .map((line) => line.split(' '))
    .find(([release, made]) => release === SUITE && made === 'Packages');
  return found?.[2]?.replace(/\/+$/, '') ?? null;
}
