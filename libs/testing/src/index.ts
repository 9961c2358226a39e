export * from './people.js';
export * from './until.js';
export * from './audit-of.js';
export * from './raw-socket.js';
