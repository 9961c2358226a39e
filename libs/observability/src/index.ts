export * from './lifeline.js';
export * from './logger.js';
export * from './metrics.js';
