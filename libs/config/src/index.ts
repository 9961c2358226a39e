export * from './config-or-exit.js';
export * from './config.js';
export { settingsSchema, type Settings } from './schema.js';
