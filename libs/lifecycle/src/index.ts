export * from './drop-packet.js';
export * from './end-packet.js';
export * from './packet-view.js';
export * from './recover-slots.js';
