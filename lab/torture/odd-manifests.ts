import { randomBytes } from 'node:crypto';
import { ext4Disk } from './rig/masters.ts';
import { AgentRoom } from './rig/room.ts';
import { Tally, type TortureResult } from './tally.ts';

const LINES = 10_000;
/** A saved manifest is in force after this long, in milliseconds. */
const BAR_MS = 2000;

/** A manifest of ten thousand lines is in force in time; a JPEG in its place is one problem and changes nothing. */
export async function tortureManifests(): Promise<TortureResult> {
  const tally = new Tally('odd manifests');
  const room = await AgentRoom.open();
  try {
    const { server } = room;
    const master = room.disk('master');
    await ext4Disk(master, 1);
    await room.makeImage(master, 'xp');

    const saved = await server.saveManifest(manifestOf(LINES));
    await server.until(`${LINES} rows are in force`, 60_000, async () => {
      const { manifest } = await server.status();
      return manifest.rows === LINES;
    });
    const took = Date.now() - saved;
    tally.check(took <= BAR_MS, `${LINES} lines took ${took} ms to be in force`);
    const { manifest } = await server.status();
    tally.check(manifest.problems.length === 0, `problems: ${JSON.stringify(manifest.problems.slice(0, 3))}`);

    const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100', 'hex'), randomBytes(300_000)]);
    const readBefore = manifest.readAt;
    const savedJpeg = await server.saveManifest(jpeg);
    await server.until('the JPEG was looked at', 60_000, async () => {
      const now = await server.status();
      return now.manifest.readAt !== readBefore;
    });
    const tookJpeg = Date.now() - savedJpeg;
    tally.check(tookJpeg <= BAR_MS, `the JPEG took ${tookJpeg} ms to be told of`);
    const after = (await server.status()).manifest;
    tally.check(after.problems.length === 1, `${after.problems.length} problems for one JPEG`);
    tally.check(after.rows === LINES, `${after.rows} rows are left in force`);
    const problem = after.problems[0];
    tally.check((problem?.next ?? '') !== '', 'it does not say what to do');
    return tally.result(`${LINES} lines in ${took} ms, a JPEG in ${tookJpeg} ms: "${problem?.message}"`);
  } finally {
    room.close();
  }
}

function manifestOf(lines: number): string {
  const rows = Array.from({ length: lines }, (_, i) => {
    const mac = (0x525400000000 + i).toString(16).replace(/..(?=.)/g, '$&:');
    return `${mac},xp,PC-${String(i).padStart(5, '0')},lab-${i % 40}`;
  });
  return `mac,image,name,lab\r\n${rows.join('\r\n')}\r\n`;
}
