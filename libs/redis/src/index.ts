export * from './money-cluster.js';
export * from './nodes.js';
export * from './redis-clients.js';
