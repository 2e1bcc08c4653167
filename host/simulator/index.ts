export { startSimulator, type ProviderName, type Simulator, type SimulatorOptions } from './simulator';
export type { LoggedRequest } from './request-log';
