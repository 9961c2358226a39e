export * from './funnel-recorder.js';
export * from './keys.js';
export * from './read-funnel.js';
export * from './note-grab.js';
