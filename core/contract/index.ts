export * from './version';
export * from './json';
export * from './dispatch-envelope';
export * from './callback-envelope';
