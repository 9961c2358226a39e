export * from './campaign-store.js';
export * from './grab-batcher.js';
export * from './grab-result.js';
export { keys, packetIdInSlotOf, SLOTS, slotOf } from './keys.js';
export * from './memory-packet-store.js';
export { packetRefOf, triesMaxOf } from './packet-rules.js';
export * from './packet-store.js';
export * from './redis-outbox.js';
export * from './redis-packet-store.js';
