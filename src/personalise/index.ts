export { type Applied, apply, type VolumeOptions } from './apply.ts';
export { type Bring, type Delivery, verifyDelivery } from './deliver.ts';
export { BlobLedger } from './domain/blob-ledger.ts';
export type { DomainJoiner, JoinRequest, ProvisionedJoin } from './domain/domain-joiner.ts';
export { readJoinBlob } from './domain/join-blob.ts';
export { SambaJoiner } from './domain/samba-joiner.ts';
export type { JoinAccount } from './domain/samba-settings.ts';
export { Secret } from './domain/secret.ts';
export { firstBootChanges, pathsOfFirstBoot } from './first-boot/changes.ts';
export { packageFolder } from './first-boot/layout.ts';
export { planFirstBoot } from './first-boot/plan.ts';
export {
  FIRST_BOOT_SILENCE,
  type FirstBootNews,
  type FirstBootProgress,
  type FirstBootTurn,
  failedSteps,
  firstBootExpected,
  firstBootReported,
  firstBootTicked,
  type Silence,
} from './first-boot/progress.ts';
export type { StepReport } from './first-boot/step-report.ts';
export {
  FIRST_BOOT_TIMING,
  type FirstBootDelivery,
  type FirstBootFacts,
  type FirstBootFile,
  type FirstBootPlan,
  type FirstBootTiming,
} from './first-boot/types.ts';
export { type LinuxFacts, type LinuxPlan, pathsOfLinux, planLinux } from './linux/index.ts';
export { makeFolders } from './make-folders.ts';
export { settingsOfOrder } from './order-settings.ts';
export { type Inspected, inspectVolume, personalise } from './personalise.ts';
export {
  kindOfVolume,
  pathsOfVolume,
  planVolume,
  type VolumeFacts,
  type VolumeKind,
  type VolumePlan,
} from './plan-volume.ts';
export { explainHost, type SettingLine } from './profile/explain.ts';
export { type Material, needsOf, type ShareFolder } from './profile/material.ts';
export type { HostSystem } from './profile/packages.ts';
export { type Place, type ProfileProblem, placeWords, profileProblemWords } from './profile/problem.ts';
export { ProfileShare, type ProfileShareOptions, type ShareReading } from './profile/profile-share.ts';
export { goodProfiles, type Profiles, type ProfilesReading, readProfiles } from './profile/profiles.ts';
export type { OfflineJoin } from './profile/resolve-domain.ts';
export { type HostFacts, type ResolvedHost, resolveHost } from './profile/resolve-host.ts';
export { type LabHost, type ResolvedLab, resolveLab } from './profile/resolve-lab.ts';
export { TEMPLATE_FIELDS, type TemplateField, type TemplateFields } from './profile/template.ts';
export { readView, type ViewOptions } from './read-view.ts';
export type {
  Membership,
  Recognised,
  RecognisedLinux,
  RecognisedWindows,
  SealState,
  WindowsGeneration,
} from './recognise/facts.ts';
export { presentName, recogniseVolume } from './recognise/recognise-volume.ts';
export { FileSource } from './registry/hive/byte-source.ts';
export { checkHive, walkHive } from './registry/hive/check-hive.ts';
export { type Hive, type ReadHiveOptions, readHive } from './registry/hive/hive.ts';
export type { HiveKey } from './registry/hive/hive-key.ts';
export { makeRegistryFile, type RegistryFile } from './registry/make-registry-file.ts';
export { type WriteHiveOptions, writeHiveValues } from './registry/offline/write-hive.ts';
export {
  dwordData,
  numberOf,
  qwordData,
  REG_TYPES,
  type RegistryData,
  type RegistryValue,
  textData,
  textOf,
  textsData,
  textsOf,
} from './registry/registry-data.ts';
export type { RegistryOperation } from './registry/registry-operation.ts';
export { diffStates } from './registry/state/diff-states.ts';
export { mergeOperations } from './registry/state/merge-operations.ts';
export {
  applyOperations,
  type RegistryState,
  stateOf,
  stateOfHiveKey,
} from './registry/state/registry-state.ts';
export { parseRegistryFile, type RegistryText } from './registry/text/parse-registry.ts';
export { writeRegistryFile, writeRegistryText } from './registry/text/write-registry.ts';
export type * from './settings.ts';
export type {
  Change,
  Edit,
  FileEntry,
  Folder,
  FolderEntry,
  PersonaliseOrder,
  PersonalisePlan,
  PersonaliseReport,
  PosixAttributes,
  RegistryTemplate,
  Removal,
  SymbolicLink,
} from './types.ts';
export { verify } from './verify.ts';
export { checkUnattend } from './windows/check-unattend.ts';
export { pathsToRemove as pathsToRemoveOfWindows } from './windows/clean-up.ts';
export { type WindowsFacts, windowsFactsOf } from './windows/facts.ts';
export { pathsOfWindows, planWindows } from './windows/plan.ts';
export { checkSysprepInf } from './windows-xp/check-sysprep-inf.ts';
export { pathsToRemove as pathsToRemoveOfXp } from './windows-xp/paths-to-remove.ts';
export { pathsOfXp, planXp } from './windows-xp/plan.ts';
export type { XpFacts } from './windows-xp/xp-facts.ts';
