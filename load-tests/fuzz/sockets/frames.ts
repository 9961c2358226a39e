import fc from 'fast-check';
import { frameOf, type FrameOptions } from '@app/testing';

/** Things a request may name. */
export interface Known {
  roomIds: string[];
  packetIds: string[];
}

/**
 * One thing done to a connection. `request`: right in form, so that it gets exactly one answer; `text`: a message that
 * may be anything; `bytes`: below messages. `wire`: how it is put into frames.
 */
export type Step =
  | { kind: 'request'; id: number; event: string; payload: string; wire: Wire }
  | { kind: 'text'; text: string; wire: Wire }
  | { kind: 'bytes'; bytes: Buffer };

/** Where a message is cut into fragments, where its bytes are cut into writes, both as parts of its length; its mask. */
export interface Wire {
  fragments: number[];
  writes: number[];
  mask: number;
  pings: boolean;
}

const EVENTS = [
  ...['room:join', 'room:leave', 'message:post', 'packet:send', 'packet:grab', 'packet:inspect'],
  ...['packets:list', 'clock:sync', 'packet:steal', 'constructor', '', 'error', 'wallet:changed'],
];
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];
/** With what is around it a request stays under the 4 KB that a message may have. */
const PAYLOAD_CHARS_MAX = 1_200;

const oddText = fc.oneof(
  fc.constantFrom(
    '',
    '\0',
    '__proto__',
    'constructor',
    '{0}',
    '*',
    'a:b',
    '\r\nFLUSHALL\r\n',
    '\ud800',
    '../..',
    '🧧',
    '红包',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uuid(),
);
const oddNumber = fc.oneof(
  fc.constantFrom(0, -1, 1.5, 2 ** 53, 1e21, -0, 1, 2, 100, 101),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);
const oddValue = fc.oneof(
  oddText,
  oddNumber,
  fc.constantFrom(null, true, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Of payloads that are right, or were before one field was changed. */
function payloadOf({ roomIds, packetIds }: Known): fc.Arbitrary<string> {
  const [roomId, packetId] = [fc.constantFrom(...roomIds), fc.constantFrom(...packetIds)];
  const amounts = { amount: fc.integer({ min: 1, max: 50 }), count: fc.integer({ min: 1, max: 5 }) };
  const right: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
    fc.record({ packetId }),
    fc.record({ packetId, answers: fc.record({ password: oddText }) }),
    fc.record({ roomId }),
    fc.record({ roomId, text: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }) }),
    fc.record({
      ...{ roomId, kind: fc.constantFrom('lucky', 'fixed'), ...amounts, currency: fc.constant('CNY') },
      ...{ idempotencyKey: fc.uuid(), expiresInSeconds: fc.constant(10) },
    }),
    fc.constant({}),
  );
  const changed = fc
    .tuple(right, fc.nat(), oddText, oddValue, fc.nat(3))
    .map(([one, at, name, value, how]) => {
      const names = Object.keys(one);
      const field = names.length > 0 ? names[at % names.length]! : name;
      if (how === 0) return Object.fromEntries(Object.entries(one).filter(([key]) => key !== field));
      return { ...one, [how === 1 ? name : field]: value };
    });
  return fc
    .oneof(
      { weight: 4, arbitrary: right },
      { weight: 4, arbitrary: changed },
      { weight: 1, arbitrary: oddValue },
    )
    .map((value) => JSON.stringify(value) ?? 'null')
    .filter((json) => json.length <= PAYLOAD_CHARS_MAX);
}

const part = fc.double({ min: 0, max: 1, noNaN: true });
const wire: fc.Arbitrary<Wire> = fc.record({
  fragments: fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(part, { maxLength: 4 }) },
  ),
  writes: fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(part, { maxLength: 4 }) },
  ),
  mask: fc.nat(0xffff_ffff),
  pings: fc.boolean(),
});

function textOf(known: Known): fc.Arbitrary<string> {
  const request = fc
    .tuple(
      fc.constantFrom('', '1', '007', '100000000000000000000'),
      fc.constantFrom(...EVENTS, ...RESERVED),
      payloadOf(known),
    )
    .map(([id, event, payload]) => `42${id}[${JSON.stringify(event)},${payload}]`);
  const changed = fc
    .tuple(request, fc.nat(), fc.nat(6), fc.string({ unit: 'binary', maxLength: 6 }))
    .map(([text, at, length, inserted]) => {
      const from = at % text.length;
      return `${text.slice(0, from)}${inserted}${text.slice(from + length)}`;
    });
  const other = fc.constantFrom(
    ...[
      '',
      '2',
      '3',
      '5',
      '6',
      '0{}',
      '1',
      '40',
      '41',
      '40/admin,{}',
      '42[]',
      '43',
      '439[{}]',
      '44{}',
      '45',
      '46',
      '49',
      'b00',
    ],
    ...['451-["packet:grab",{"_placeholder":true,"num":0}]', '42', '421', '42/x,1["packet:grab",{}]', 'x'],
    `421["packet:grab",${'['.repeat(1_500)}${']'.repeat(1_500)}]`,
  );
  return fc.oneof({ weight: 2, arbitrary: changed }, other, fc.string({ unit: 'binary', maxLength: 200 }));
}

const frameOptions: fc.Arbitrary<FrameOptions> = fc.record({
  opcode: fc.nat(15),
  fin: fc.boolean(),
  reserved: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(7) }),
  mask: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
});
const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((some) => Buffer.from(some)),
  fc
    .tuple(fc.uint8Array({ maxLength: 140 }), frameOptions)
    .map(([some, how]) => frameOf(Buffer.from(some), how)),
  fc
    .tuple(frameOptions, fc.constantFrom<0 | 2 | 8>(0, 2, 8), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
    .map(([how, lengthBytes, claimedLength]) => frameOf('42', { ...how, lengthBytes, claimedLength })),
);

/** What one connection is put through. Request ids are given by place, so that each is asked once. */
export function stepsOf(known: Known): fc.Arbitrary<Step[]> {
  const request = fc.record({ event: fc.constantFrom(...EVENTS), payload: payloadOf(known), wire });
  const step = fc.oneof(
    { weight: 6, arbitrary: request.map((one) => ({ kind: 'request' as const, ...one })) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('text' as const), text: textOf(known), wire }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes }) },
  );
  const steps = fc.array(step, { minLength: 1, maxLength: 8 });
  return steps.map((some) =>
    some.map((one, k) => (one.kind === 'request' ? { ...one, id: 1_000 + k } : one)),
  );
}

/** The pieces in which a step goes to the connection, one write each. */
export function writesOf(step: Step): Buffer[] {
  if (step.kind === 'bytes') return [step.bytes];
  const text =
    step.kind === 'text' ? step.text : `42${step.id}[${JSON.stringify(step.event)},${step.payload}]`;
  const { fragments, writes, mask, pings } = step.wire;
  const maskBytes = Buffer.alloc(4);
  maskBytes.writeUInt32BE(mask);
  const pieces = cut(Buffer.from(text), fragments);
  const frames = pieces.flatMap((piece, k) => {
    const [opcode, fin] = [k === 0 ? 1 : 0, k === pieces.length - 1];
    const frame = frameOf(piece, { opcode, fin, mask: maskBytes });
    return pings && k > 0 ? [frameOf('', { opcode: 9 }), frame] : [frame];
  });
  return cut(Buffer.concat(frames), writes);
}

function cut(bytes: Buffer, parts: readonly number[]): Buffer[] {
  const places = [...new Set(parts.map((one) => Math.floor(one * bytes.length)))].sort((a, b) => a - b);
  return [0, ...places].map((from, k) => bytes.subarray(from, places[k] ?? bytes.length));
}
