export * from './latencies.js';
export * from './lifeline.js';
export * from './logger.js';
export * from './metrics.js';
export * from './ops.controller.js';
export * from './reading.js';
export * from './slow-clients.js';
