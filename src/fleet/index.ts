export { isBogusSerial, isBogusUuid } from './bogus.ts';
export {
  findSharedIdentities,
  type HostMatch,
  type Identity,
  matchHost,
  type SharedIdentity,
} from './identity.ts';
export { formatMac, type MacStyle, macStyleOf, parseMac } from './mac.ts';
export {
  DEFAULT_LAB_RULE,
  DEFAULT_RULE,
  type NameProposal,
  type NameRequest,
  nameProblem,
  proposeName,
} from './naming.ts';
export { normaliseUuid, serialKey, uuidKey } from './smbios.ts';
export type { Host, Inventory, InventoryDisk, InventoryMac, Lab, ManifestRow } from './types.ts';
