import { z } from 'zod';
import { uuidSchema } from './text.js';

export const AUDIENCE_IDS_MAX = 1_000_000;
export const AUDIENCE_BYTES_MAX = 80 * 1024 * 1024;
/** Of the lines that were refused, so many are named; all are counted. */
export const REJECTED_LINES_MAX = 1_000;

export const audienceIdSchema = z.strictObject({ audienceId: uuidSchema });

/** `POST /audiences`. Lines count from 1. `reason`: `invalid_user_id`, `duplicate`, `too_many`. */
export interface AudienceUpload {
  audienceId: string;
  accepted: number;
  rejected: { line: number; reason: 'invalid_user_id' | 'duplicate' | 'too_many' }[];
  rejectedCount: number;
}

/** `GET /audiences`, `GET /audiences/:id`. */
export interface AudienceView {
  audienceId: string;
  tenantId: string;
  name: string;
  count: number;
  createdAt: string;
}
