export * from './people.js';
export * from './until.js';
export * from './audit-of.js';
