import { z } from 'zod';
import { run } from '../../src/command.ts';
import { readAt } from '../ntfs/partition.ts';
import type { FactSheet } from './facts.ts';

const BOOT_CODE = 440;

const sfdiskJson = z.object({
  partitiontable: z.object({
    label: z.string(),
    id: z.string(),
    partitions: z.array(
      z.object({
        start: z.number(),
        size: z.number(),
        type: z.string(),
        uuid: z.string().optional(),
        name: z.string().optional(),
        attrs: z.string().optional(),
        bootable: z.boolean().optional(),
      }),
    ),
  }),
});

/** A disk's partition table and boot code: the table itself as `disk`, partitions as `partition 1` and on. */
export async function readPartitionTable(disk: string): Promise<FactSheet> {
  const { stdout } = await run(['sfdisk', '--json', disk]);
  const table = sfdiskJson.parse(JSON.parse(stdout.toString())).partitiontable;
  const bootCode = (await readAt(disk, 0, BOOT_CODE)).toString('hex');
  const sheet = new Map<string, Record<string, string>>();
  sheet.set('disk', { label: table.label, id: table.id, 'boot code': bootCode });
  for (const [index, partition] of table.partitions.entries()) {
    const facts = Object.entries(partition).map(([name, value]) => [name, String(value)]);
    sheet.set(`partition ${index + 1}`, Object.fromEntries(facts));
  }
  return sheet;
}
