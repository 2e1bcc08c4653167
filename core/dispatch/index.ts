export * from './classify';
export * from './deliver';
export * from './envelope';
export * from './http-request';
export * from './sample';
