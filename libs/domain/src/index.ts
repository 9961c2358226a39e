export * from './best-luck.js';
export * from './limits.js';
export * from './proof.js';
export * from './split.js';
