export * from './ask-again.js';
export * from './clock.js';
export * from './connection.js';
export * from './grabbing.js';
export * from './hongbao-client.js';
export * from './http-client.js';
export * from './opening.js';
export * from './resuming.js';
