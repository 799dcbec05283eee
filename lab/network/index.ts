export { type Lease, SiteDhcp, type SiteDhcpOptions } from './dhcp.ts';
export { Holdings } from './holdings.ts';
export {
  type HostOutlet,
  LabNetwork,
  type LabNetworkOptions,
  type Outlet,
  type OutletOptions,
  SUBNET,
} from './lab-network.ts';
export { type PortBytes, portBytes } from './port-bytes.ts';
export { sweepDeadRuns } from './sweep.ts';
