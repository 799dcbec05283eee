export { chooseDrivers, type DriverChoice, type DriverWishes, type HostHardware } from './choose-drivers.ts';
export { type Coverage, type CoverageHost, type CoverageReport, checkCoverage } from './coverage.ts';
export { coverageLines, windowsName } from './coverage-text.ts';
export { driverFolders } from './driver-folders.ts';
export { type DriverIndex, type DriverProblem, problemLine } from './driver-index.ts';
export { type DriverTable, makeDriverTable } from './driver-table.ts';
export type { HostDevice } from './host-device.ts';
export type { WindowsArchitecture, WindowsTarget } from './inf/target-os.ts';
export { scanDrivers } from './scan-drivers.ts';
