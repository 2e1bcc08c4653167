export * from './completion';
export * from './refusal';
export * from './request';
