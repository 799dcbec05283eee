import { z } from 'zod';

const text = z.string().max(200);

/** A partition table as far as a fit to the disk needs it; places in bytes. */
const tableSchema = z.object({
  kind: z.enum(['mbr', 'gpt']),
  partitions: z
    .array(
      z.object({
        number: z.number().int().positive(),
        startByte: z.number().int().nonnegative(),
        lengthBytes: z.number().int().nonnegative(),
        /** MBR: two hex digits. GPT: the type GUID. */
        type: text,
        active: z.boolean(),
        /** The filesystem's; '' when it has none. */
        label: text,
        gpt: z.object({ id: text, name: text }).nullable(),
      }),
    )
    .max(128),
});

/** What a host tells of itself when its agent starts. The same shape as `Inventory` of the fleet room. */
export const inventorySchema = z.object({
  uuid: text.nullable(),
  serial: text.nullable(),
  manufacturer: text.nullable(),
  product: text.nullable(),
  macs: z
    .array(
      z.object({
        /** The interface's name on the host, `eth0`. */
        name: text,
        /** Lower case, colons. */
        mac: z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
        speedMbit: z.number().int().nonnegative().nullable(),
        link: z.boolean(),
        /** The one that the host booted over. */
        booted: z.boolean(),
      }),
    )
    .min(1)
    .max(32),
  disks: z
    .array(
      z.object({
        device: text,
        sizeBytes: z.number().int().nonnegative(),
        sectorBytes: z.number().int().positive(),
        model: text.nullable(),
        serial: text.nullable(),
        transport: text.nullable(),
        removable: z.boolean(),
        /** Absent when it has none, and for sticks. */
        table: tableSchema.optional(),
      }),
    )
    .max(64),
  memoryBytes: z.number().int().nonnegative(),
  cpus: z.number().int().positive(),
  firmware: z.enum(['bios', 'uefi']),
  /** Modaliases of controllers that no loaded driver serves: the second driver layer may help. */
  driverless: z.array(text).max(64).default([]),
});

export type InventoryMessage = z.infer<typeof inventorySchema>;
