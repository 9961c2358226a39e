export * from './campaigns/advance-drop.js';
export * from './campaigns/parts.js';
export * from './campaigns/steer-campaign.js';
export * from './drop-packet.js';
export * from './end-packet.js';
export * from './packet-view.js';
export * from './recover-slots.js';
