export * from './busy';
export * from './keep';
export * from './limits';
export * from './lock-name';
export * from './mutex';
export * from './wait';
