export * from './pusher.js';
export * from './settled-claims.js';
