import { AUDIENCE_BYTES_MAX } from './audiences.js';
import { COVER_BYTES_MAX, COVER_FORM_BYTES_MAX } from './covers.js';

/** Of JSON: 1,000 user ids of full length are 67 KB. */
export const JSON_BYTES_MAX = 81_920;

/** The largest body that a call to this path may have; what says that it is larger is refused before it is read. */
export function bodyBytesMax(path: string): number {
  if (path === '/api/v1/audiences') return AUDIENCE_BYTES_MAX;
  if (path === '/api/v1/covers') return COVER_BYTES_MAX + COVER_FORM_BYTES_MAX;
  return JSON_BYTES_MAX;
}
