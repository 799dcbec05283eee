export { isBogusSerial, isBogusUuid } from './bogus.ts';
export {
  findSharedIdentities,
  type HostMatch,
  type Identity,
  matchHost,
  type SharedIdentity,
  type Sight,
} from './identity.ts';
export { formatMac, type MacStyle, macStyleOf, parseMac } from './mac.ts';
export type { ManifestForm } from './manifest/layout.ts';
export { type HeldRow, type MergedManifest, mergeWithLastGood } from './manifest/merge.ts';
export { nearest } from './manifest/nearest.ts';
export { type BadLine, type ManifestContext, type ParsedManifest, parseManifest } from './manifest/parse.ts';
export { type ManifestProblem, type ManifestProblemCode, problemWords } from './manifest/problem.ts';
export { appendRow, putRow, updateRow } from './manifest/write.ts';
export {
  DEFAULT_LAB_RULE,
  DEFAULT_RULE,
  type NameProposal,
  type NameRequest,
  nameProblem,
  proposeName,
} from './naming.ts';
export { type LabNames, type LabSeat, nameLab, seatOf } from './naming-lab.ts';
export { normaliseUuid, serialKey, uuidKey } from './smbios.ts';
export type { Host, Inventory, InventoryDisk, InventoryMac, Lab, ManifestRow } from './types.ts';
