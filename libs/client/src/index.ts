export * from './ask-again.js';
export * from './hongbao-client.js';
export * from './http-client.js';
