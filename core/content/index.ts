export * from './article';
export * from './quality';
