import { chunk } from './ui/use-chunk.js';

/** What few open and nobody in the first second. */
export const sheetsChunk = chunk(() => import('./sheets.js'));
/** What only those need who were told of a campaign's packet, or of one with conditions. */
export const dropsChunk = chunk(() => import('./drops/drop-strip.js'));
export const gatesChunk = chunk(() => import('./gates/gate-form.js'));
export const rainChunk = chunk(() => import('./rain/rain-overlay.js'));
export const shakeChunk = chunk(() => import('./shake/shake-overlay.js'));
