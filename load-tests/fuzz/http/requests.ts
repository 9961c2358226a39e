import fc from 'fast-check';
import { nearly, oddValues, valuesOf, type Schema } from './values.js';

/** One call of the document. */
export interface Operation {
  method: string;
  path: string;
  parameters: { in: 'path' | 'query' | 'header'; name: string; required?: boolean; schema: Schema }[];
  bodies: Record<string, Schema>;
  /** As documented, `default` among them. */
  statuses: string[];
}

export interface Request {
  operation: Operation;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Which of the people asks; undefined: nobody that we know. */
  who?: number;
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters?: Operation['parameters'];
        requestBody?: { content: Record<string, { schema: Schema }> };
        responses: object;
      }
    >
  >;
}

export function operationsOf({ paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      ...{ method: method.toUpperCase(), path, parameters, statuses: Object.keys(responses) },
      bodies: Object.fromEntries(
        Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema]),
      ),
    })),
  );
}

const PEOPLE_ASKING = 1_000;
const oddPart = fc.oneof(
  fc.constantFrom(
    '',
    '%00',
    '*',
    '{}',
    '..%2f..',
    '%ff',
    '%zz',
    "'%20OR%201=1",
    '__proto__',
    '🧧',
    '-1',
    'NaN',
    '1e9',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 20 }).map(encodeURIComponent),
);
const oddType = fc.constantFrom(
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data',
  '',
  '*/*',
);
const bodyGarbage = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '"',
    '{"amount":NaN}',
    '{"amount":0x10}',
    '\u0000',
    `${'['.repeat(1_500)}`,
  ),
  fc.constantFrom(
    `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`,
    'x'.repeat(100_000),
    '{"amount":1,"amount":2}',
  ),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.json({ maxDepth: 4 }),
);
const keyValues = fc.oneof(
  { weight: 6, arbitrary: fc.uuid() },
  { weight: 2, arbitrary: fc.constantFrom('again', 'again and again', 'x'.repeat(129)) },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom('a', 'b', 'c', ' ', '-', '_', ':', '{', '}', '*'),
      maxLength: 10,
    }),
  },
);

export function requestsOf(operations: readonly Operation[]): fc.Arbitrary<Request> {
  return fc.oneof(...operations.map(requestOf));
}

function requestOf(operation: Operation): fc.Arbitrary<Request> {
  const { path, parameters } = operation;
  const parts = fc.tuple(
    ...parameters.map(({ in: where, name, schema, required }) => {
      const usual = where === 'header' ? headerValues(name) : valuesOf(schema, name).map(String);
      const odd = where === 'path' ? oddPart : where === 'query' ? oddPart : keyValues;
      return fc.oneof(
        {
          weight: 8,
          arbitrary: usual.map((value) => (where === 'header' ? value : encodeURIComponent(value))),
        },
        { weight: 1, arbitrary: odd },
        ...(required && where !== 'path'
          ? []
          : [{ weight: where === 'path' ? 0 : 6, arbitrary: fc.constant(undefined) }]),
      );
    }),
  );
  const who = fc.oneof(
    { weight: 12, arbitrary: fc.nat(PEOPLE_ASKING) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  return fc.tuple(parts, bodyOf(operation), who).map(([values, body, asking]) => {
    const headers: Record<string, string> = { ...body.headers };
    let [filled, query] = [path, ''];
    for (const [k, { in: where, name }] of parameters.entries()) {
      const value = values[k];
      if (where === 'path') filled = filled.replace(`{${name}}`, value ?? '');
      else if (value === undefined) continue;
      else if (where === 'query') query += `${query ? '&' : '?'}${name}=${value}`;
      else headers[name.toLowerCase()] = value.replaceAll(/[^\x20-\x7e]/g, '?');
    }
    const request: Request = { operation, path: filled + query, headers };
    if (body.text !== undefined) request.body = body.text;
    if (asking !== undefined) request.who = asking;
    return request;
  });
}

const headerValues = (name: string) =>
  name === 'Idempotency-Key'
    ? keyValues
    : fc.oneof(fc.constant(String(Math.floor(Date.now() / 1_000))), fc.stringMatching(/^[0-9a-f]{64}$/));

interface Body {
  headers: Record<string, string>;
  text?: string;
}

function bodyOf({ bodies }: Operation): fc.Arbitrary<Body> {
  const types = Object.keys(bodies);
  if (types.length === 0)
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant<Body>({ headers: {} }) },
      {
        weight: 1,
        arbitrary: bodyGarbage.map((text): Body => ({
          headers: { 'content-type': 'application/json' },
          text,
        })),
      },
    );
  const [type] = types as [string];
  const garbage = fc
    .tuple(bodyGarbage, fc.oneof(fc.constant(type), oddType))
    .map(([text, contentType]): Body => ({
      headers: contentType ? { 'content-type': contentType } : {},
      text,
    }));
  if (type !== 'application/json') return garbage;
  const values = valuesOf(bodies[type]!);
  const json = (value: unknown): Body => ({
    headers: { 'content-type': type },
    text: JSON.stringify(value) ?? '',
  });
  return fc.oneof(
    { weight: 5, arbitrary: values.map(json) },
    { weight: 5, arbitrary: nearly(values).map(json) },
    { weight: 1, arbitrary: oddValues.map(json) },
    { weight: 1, arbitrary: garbage },
  );
}
