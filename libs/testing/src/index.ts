export * from './people.js';
export * from './until.js';
