import { z } from 'zod';
import { instantSchema } from './campaigns.js';
import { uuidSchema } from './text.js';

export const COVER_BYTES_MAX = 5 * 1024 * 1024;
/** Of the form around the picture. */
export const COVER_FORM_BYTES_MAX = 16_384;
/** A cover is kept at most this large, in pixels; taller or wider pictures are scaled down. */
export const COVER_WIDTH_MAX = 750;
export const COVER_HEIGHT_MAX = 1_250;

/** The fields beside `image` in `POST /covers`, as a form sends them. `tenantId`: when the caller belongs to several. */
export const coverFieldsSchema = z.strictObject({
  tenantId: uuidSchema.optional(),
  validFrom: instantSchema.optional(),
  validUntil: instantSchema.optional(),
  usesMax: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
});
export type CoverFields = z.infer<typeof coverFieldsSchema>;
export const coverIdSchema = z.strictObject({ coverId: uuidSchema });

/** Where the picture is, for anyone who has the id; ids of covers are random, so nobody has one by guessing. */
export const coverUrl = (coverId: string): string => `/covers/${coverId}.webp`;

/** `url` is a path of this service, for anyone who has it: the picture shows on packets. */
export interface CoverView {
  coverId: string;
  tenantId: string;
  url: string;
  width: number;
  height: number;
  validFrom?: string;
  validUntil?: string;
  /** Packets that may carry it, and that do. */
  usesMax?: number;
  uses: number;
  createdAt: string;
}
