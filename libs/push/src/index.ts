export * from './pusher.js';
