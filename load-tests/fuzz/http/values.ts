import fc from 'fast-check';

/** JSON Schema as the OpenAPI document has it, as far as it is understood here. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

const ITEMS_MAX = 3;
const CHARS_MAX = 80;
const HOURS_AROUND_NOW = 48;
/** Ids that this service makes. */
const UUID_PATTERN = /^\^\[0-9a-f\]\{8\}/;
/** Sums that a wallet of a fuzzer can have. */
const AMOUNT_MAX = 5_000;

/** In the place of an id of what exists: `«packetId:3»` is put in place when the request is made. */
const placeOf = (name: string, n: number) => `«${name}:${n}»`;
export const PLACE = /«(\w+):(\d+)»/g;

/** Values that the schema allows. `name`: of the field, by which ids are told apart. */
export function valuesOf(schema: Schema, name = ''): fc.Arbitrary<unknown> {
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return fc.oneof(...choices.map((one) => valuesOf(one, name)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const [type] = [schema.type ?? 'object'].flat();
  switch (type) {
    case 'string':
      return textsOf(schema, name);
    case 'integer':
    case 'number':
      return numbersOf(schema, type === 'integer');
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { minItems = 0, maxItems = ITEMS_MAX, items = {} } = schema;
      const maxLength = Math.max(minItems, Math.min(maxItems, ITEMS_MAX));
      return fc.array(valuesOf(items, name.replace(/s$/, '')), { minLength: minItems, maxLength });
    }
    default:
      return objectsOf(schema);
  }
}

function objectsOf({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, name)]),
  );
  const own = fc.record(fields, { requiredKeys: required });
  if (typeof additionalProperties !== 'object') return own;
  const more = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), valuesOf(additionalProperties), {
    maxKeys: 2,
  });
  return fc.tuple(own, more).map(([some, others]) => ({ ...others, ...some }));
}

function textsOf(
  { pattern, format, minLength = 0, maxLength = CHARS_MAX }: Schema,
  name: string,
): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const hours = fc.integer({ min: -HOURS_AROUND_NOW, max: HOURS_AROUND_NOW });
    return hours.map((hour) => new Date(Date.now() + hour * 3_600_000).toISOString());
  }
  if (pattern && UUID_PATTERN.test(pattern)) return fc.nat(1_000).map((n) => placeOf(name, n));
  if (/^(only)?userIds?$/i.test(name)) return fc.nat(1_000).map((n) => placeOf('userId', n));
  if (pattern === '^[A-Z]{3}$') return fc.constantFrom('CNY', 'CNY', 'CNY', 'HKD', 'XXX');
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, CHARS_MAX)) };
  return fc.oneof(fc.string({ ...length, unit: 'grapheme' }), fc.string(length));
}

function numbersOf({ minimum = -1_000, maximum = 1_000 }: Schema, whole: boolean): fc.Arbitrary<number> {
  const edges = fc.constantFrom(minimum, maximum);
  const usual = { min: Math.max(minimum, -AMOUNT_MAX), max: Math.min(maximum, AMOUNT_MAX) };
  const most = whole
    ? fc.integer({ min: Math.ceil(usual.min), max: Math.floor(usual.max) })
    : fc.double({ ...usual, noNaN: true });
  return fc.oneof({ weight: 5, arbitrary: most }, { weight: 1, arbitrary: edges });
}

/** What people and programs send by mistake, or on purpose. */
export const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    0,
    -1,
    1.5,
    '10',
    1e21,
    2 ** 53,
    -0,
    1e-7,
    '0x10',
    null,
    true,
    [],
    {},
    [1],
    { $ne: 1 },
    { $gt: '' },
  ),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
    '__proto__',
    "'; DROP TABLE packets; --",
    '=1+1',
    '../../etc',
  ),
  fc.constantFrom(
    '9999-12-31T23:59:59Z',
    '9999-12-31T23:59:60Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T00:00:00',
    '1970-01-01T00:00:00Z',
  ),
  fc.constantFrom('x'.repeat(3_000), '红'.repeat(3_000), '\u202e', '{0}*:', 'NaN', 'Infinity', '1e400', '٣'),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** With one field, wherever in it, taken away, replaced by something odd, or added. */
export function nearly(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const name = fc.constantFrom(
    'tenantId',
    'balance',
    'status',
    'state',
    '__proto__',
    'constructor',
    'userId',
    'id',
    '$where',
  );
  return fc.tuple(values, fc.nat(), fc.nat(2), oddValues, name).map(([value, at, how, odd, added]) => {
    const copy = structuredClone(value);
    const holders = holdersIn(copy);
    const holder = holders[at % Math.max(1, holders.length)];
    if (!holder) return odd;
    const keys = Object.keys(holder);
    const key = keys[at % Math.max(1, keys.length)];
    if (how === 2 || key === undefined)
      Object.defineProperty(holder, added, { value: odd, enumerable: true });
    else if (how === 1) Reflect.set(holder, key, odd);
    else Reflect.deleteProperty(holder, key);
    return copy;
  });
}

/** Itself and everything in it that has fields. */
function holdersIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(holdersIn)];
}
