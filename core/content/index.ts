export * from './article';
export * from './completion';
export * from './quality';
