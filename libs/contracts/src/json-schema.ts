export type JsonSchema = Record<string, unknown>;

export const whole = { type: 'integer' };
export const text = { type: 'string' };
export const money = { type: 'integer', description: 'minor units' };
export const record = (
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
});
export const listOf = (items: JsonSchema) => ({ type: 'array', items });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
