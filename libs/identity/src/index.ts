export * from './revocation-watch.js';
export * from './revocations.js';
export * from './token-settings.js';
export * from './tokens.js';
