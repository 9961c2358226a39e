import { z } from 'zod';

export const ATTRIBUTES_MAX = 16;
export const ATTRIBUTE_VALUES_MAX = 50;

const attributeNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/, 'must be a name of up to 32 letters, digits and _');
const attributeValueSchema = z.union([z.string().max(64), z.number(), z.boolean()]);

/**
 * What the host app says of a person, in the token (`attributes`). `joinedAt`, ISO 8601, is when the person came to the
 * host app; newcomers are told by it.
 */
export const attributesSchema = z
  .record(attributeNameSchema, attributeValueSchema)
  .refine((attributes) => Object.keys(attributes).length <= ATTRIBUTES_MAX, `at most ${ATTRIBUTES_MAX}`);
export type Attributes = z.infer<typeof attributesSchema>;

/** Conditions that must all hold. `is`: one of these values; `min` and `max`: numbers, both included. */
export const segmentSchema = z
  .strictObject({
    attributes: z
      .record(
        attributeNameSchema,
        z.union([
          attributeValueSchema,
          z.strictObject({ is: z.array(attributeValueSchema).min(1).max(ATTRIBUTE_VALUES_MAX) }),
          z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
        ]),
      )
      .optional(),
    /** Those who came to the host app at most so many days ago. */
    newcomerDays: z.int().min(1).max(366).optional(),
  })
  .refine(({ attributes, newcomerDays }) => newcomerDays || Object.keys(attributes ?? {}).length > 0, {
    message: 'must have a condition',
  });
export type Segment = z.infer<typeof segmentSchema>;
