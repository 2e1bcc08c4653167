export * from './examine';
export type * from './facts';
