export * from './best-luck.js';
export * from './days.js';
export * from './drop-parts.js';
export * from './limits.js';
export * from './partitions.js';
export * from './proof.js';
export * from './split.js';
