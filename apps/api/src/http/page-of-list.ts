import type { Response } from 'express';
import { z } from 'zod';

export const LIST_LIMIT_MAX = 100;
const LIST_LIMIT_DEFAULT = 50;

/** `?limit` (1 to 100) and `?cursor` of every list. Cursors are numbers to us and opaque to others. */
export const listQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(LIST_LIMIT_MAX).default(LIST_LIMIT_DEFAULT),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a cursor given by this service')
    .transform(Number)
    .optional(),
});
export type ListQuery = z.output<typeof listQuerySchema>;

/** Where a list that is a bare array says how to go on: `X-Next-Cursor`. */
export function sayNextCursor(response: Response, cursor: number | string | undefined): void {
  if (cursor !== undefined) response.setHeader('X-Next-Cursor', String(cursor));
}
