import { frameOf } from '@app/testing';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const grab = (payload: string) => `421["packet:grab",${payload}]`;
const idOf = (id: string) => grab(`{"packetId":${JSON.stringify(id)}}`);
const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** Requests; `<packet>` and `<room>` stand for ids that exist. */
export const REFUSED: [what: string, frame: string][] = [
  ['null and no ack id', '42["packet:grab",null]'],
  ['no payload and no ack id', '42["packet:grab"]'],
  ['null', grab('null')],
  ['no payload', '421["packet:grab"]'],
  ['an array', grab('[1]')],
  ['a number', grab('5')],
  ['a string', grab('"<packet>"')],
  ['true', grab('true')],
  ['an empty object', grab('{}')],
  ['two payloads', '421["packet:grab",{"packetId":"<packet>"},{"packetId":"<packet>"}]'],
  ['an operator for an id', grab('{"packetId":{"$ne":1}}')],
  ['null for an id', grab('{"packetId":null}')],
  ['an array for an id', grab('{"packetId":["<packet>"]}')],
  ['an empty id', idOf('')],
  ['an id with NUL', idOf('<packet>\0')],
  ['an id with a colon', idOf('<packet>:meta')],
  ['an id with braces', idOf('{0}')],
  ['an id with a star', idOf('*')],
  ['an id with a newline', idOf('<packet>\n')],
  ['an id with CRLF and a command', idOf('x\r\nFLUSHALL\r\n')],
  ['an id with a lone surrogate', grab('{"packetId":"\\ud800"}')],
  ['an id in capitals', idOf(UUID.toUpperCase())],
  ['an id of full-width digits', idOf('０f8fad5b-d9cb-469f-a165-70867728950e')],
  ['a path for an id', idOf('../../wallet')],
  ['an id of 3 KB', idOf('x'.repeat(3_000))],
  ['__proto__ for an id', idOf('__proto__')],
  ['__proto__ in the payload', grab('{"__proto__":{"packetId":"<packet>"}}')],
  ['constructor.prototype', grab('{"packetId":"<packet>","constructor":{"prototype":{"admin":true}}}')],
  ['a field that is not ours', grab('{"packetId":"<packet>","userId":"somebody"}')],
  ['answers that are none', grab('{"packetId":"<packet>","answers":[[[]]]}')],
  [
    'a place outside of the world',
    grab('{"packetId":"<packet>","answers":{"place":{"lat":91,"lng":0,"accuracyMeters":1}}}'),
  ],
  ['1,500 levels', grab(nested(1_500))],
  ['an unknown request', '421["packet:steal",{}]'],
  ['a number for a name', '421[5,{}]'],
  ['a name of every object', '421["constructor",{}]'],
  ['__proto__ for a name', '421["__proto__",{}]'],
  ['an event of ours to clients', '421["wallet:changed",{"available":1000000}]'],
  ['the event error', '421["error","x"]'],
  ['an empty name', '421["",{}]'],
  ['a name of 1 KB', `421["${'x'.repeat(1_000)}",{}]`],
  ['a room that is none', '421["room:join",{"roomId":"*"}]'],
  ['leaving a room that is none', '421["room:leave",{"roomId":{}}]'],
  ['a message with a lone surrogate', '421["message:post",{"roomId":"<room>","text":"a\\ud800b"}]'],
  ['a message with NUL', '421["message:post",{"roomId":"<room>","text":"a\\u0000b"}]'],
  ['an empty message', '421["message:post",{"roomId":"<room>","text":""}]'],
  ['a blank message', '421["message:post",{"roomId":"<room>","text":" \\n\\t "}]'],
  ['a message of 2,001 characters', `421["message:post",{"roomId":"<room>","text":"${'红'.repeat(2_001)}"}]`],
  ['a message that is a number', '421["message:post",{"roomId":"<room>","text":5}]'],
  ...['0', '-1', '1.5', '"10"', '1e21', '9007199254740992', 'null', '"0x10"', '1e400', '[1]', '-0'].map(
    (amount): [string, string] => [`a packet of amount ${amount}`, send({ amount })],
  ),
  ...['0', '-1', '1.5', '"3"', 'null', '1e21'].map((count): [string, string] => [
    `a packet of count ${count}`,
    send({ count }),
  ]),
  ['a packet without a key', send({ idempotencyKey: undefined })],
  ['a packet that lasts for ever', send({ expiresInSeconds: '1e9' })],
  ['a packet of another sender', send({ senderId: '"somebody"' })],
  ['an inspection of nothing', '421["packet:inspect",{}]'],
];

function send(change: Record<string, string | undefined>): string {
  const fields = {
    ...{ roomId: '"<room>"', kind: '"lucky"', amount: '10', count: '2', currency: '"CNY"' },
    ...{ idempotencyKey: '"bad-frames"', ...change },
  };
  const json = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`"${name}":${value}`],
  );
  return `421["packet:send",{${json.join(',')}}]`;
}

/** Texts that end the connection without an answer. */
export const CLOSING: [what: string, frame: string][] = [
  ['5 KB', idOf('x'.repeat(5_000))],
  ['15 KB of another request', `421["packets:list","${'x'.repeat(15_000)}"]`],
  ['1 MB', idOf('x'.repeat(1_000_000))],
  ['1 MB of a message', `421["message:post",{"roomId":"<room>","text":"${'x'.repeat(1_000_000)}"}]`],
  ['broken JSON', '421["packet:grab",{'],
  ['NaN for an amount', send({ amount: 'NaN' })],
  ['hexadecimal for an amount', send({ amount: '0x10' })],
  ['an object in the place of an event', '421{"packetId":"<packet>"}'],
  ['an event without a name', '421[]'],
  ['an event whose name is null', '421[null]'],
  ['an event whose name is an event', '421[["packet:grab",{}]]'],
  ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map(
    (name): [string, string] => [`the reserved event ${name}`, `421["${name}",{}]`],
  ),
  ['packet type 7 of Socket.IO', '47["x"]'],
  ['packet type 9 of Socket.IO', '49["x"]'],
  ['a type that is a letter', '4x["x"]'],
  ['an acknowledgement with an id that is none', '431e9[]'],
  ['a refusal of the server', '44{"message":"x"}'],
  ['a goodbye with words', '41{"why":1}'],
  ['signing in again', '40{"token":"x"}'],
  ['a type of Engine.IO that is unknown', 'x'],
  ['a ping, which is the server’s to send', '2'],
  ['an empty message', ''],
  ['binary that never comes', '451-["packet:grab",{"_placeholder":true,"num":0}]'],
  ['an acknowledgement with binary that never comes', '461-1[{"_placeholder":true,"num":0}]'],
  ['a million attachments', '451000000-["packet:grab",{"_placeholder":true,"num":0}]'],
  ['−1 attachments', '45-1-["packet:grab",{}]'],
  ['binary as base64', 'bAQIDBA=='],
  ['a request to a namespace that it is not in', '42/admin,1["packet:grab",{"packetId":"<packet>"}]'],
];

/** Texts that mean nothing to us and harm nobody. */
export const SILENT: [what: string, frame: string][] = [
  ['a pong that nobody asked for', '3'],
  ['an upgrade of nothing', '5'],
  ['a noop', '6'],
  ['the greeting of the server', '0{"sid":"x"}'],
  ['an acknowledgement of what was never asked', '43999[{}]'],
];

type Bytes = (packetId: string) => Buffer;
const text = (packetId: string, id = 1) => `42${id}["packet:grab",{"packetId":"${packetId}"}]`;
const good: Bytes = (packetId) => frameOf(text(packetId));

/** Bytes below Engine.IO, and the code of RFC 6455 that the connection ends with. */
export const BROKEN_WEBSOCKET: [what: string, code: number, bytes: Bytes][] = [
  ['a grab that is not masked', 1002, (id) => frameOf(text(id), { mask: null })],
  ['a grab that says it is compressed', 1002, (id) => frameOf(text(id), { reserved: 4 })],
  ['the second reserved bit', 1002, (id) => frameOf(text(id), { reserved: 2 })],
  ['the third reserved bit', 1002, (id) => frameOf(text(id), { reserved: 1 })],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, number, Bytes] => [
    `opcode ${opcode}`,
    1002,
    (id) => frameOf(text(id), { opcode }),
  ]),
  ['a fragment that goes on with nothing', 1002, (id) => frameOf(text(id), { opcode: 0 })],
  [
    'a new message inside of a fragmented one',
    1002,
    (id) => Buffer.concat([frameOf('421', { fin: false }), good(id)]),
  ],
  ['a ping of 126 bytes', 1002, () => frameOf('x'.repeat(126), { opcode: 9 })],
  ['a ping in fragments', 1002, () => frameOf('x', { opcode: 9, fin: false })],
  ['a goodbye of one byte', 1002, () => frameOf('x', { opcode: 8 })],
  ['a goodbye with a code that may not be sent', 1002, () => frameOf(Buffer.from([3, 237]), { opcode: 8 })],
  ['a goodbye that is not UTF-8', 1007, () => frameOf(Buffer.from([3, 232, 0xff, 0xfe]), { opcode: 8 })],
  ['text that is not UTF-8', 1007, () => frameOf(Buffer.from([0x34, 0x32, 0xc3, 0x28]))],
  ['text that ends in half of a letter', 1007, () => frameOf(Buffer.from([0x34, 0x32, 0xe7, 0xba]))],
  ['text with a surrogate in UTF-8', 1007, () => frameOf(Buffer.from([0x34, 0x32, 0xed, 0xa0, 0x80]))],
  ['a length of 2^63', 1009, () => frameOf('x', { lengthBytes: 8, claimedLength: 1n << 63n })],
  ['a length of 2^64 − 1', 1009, () => frameOf('x', { lengthBytes: 8, claimedLength: (1n << 64n) - 1n })],
  ['a length of 100 MB', 1009, () => frameOf('x', { lengthBytes: 8, claimedLength: 100_000_000n })],
  [
    'fragments that are too long together',
    1009,
    () =>
      Buffer.concat([
        frameOf('4'.repeat(9_000), { fin: false }),
        frameOf('2'.repeat(9_000), { opcode: 0, fin: false }),
      ]),
  ],
];

/** Grabs that WebSocket allows and no library of ours sends. Each under an ack id of its own. */
export const ODD_BUT_RIGHT: [what: string, pieces: (packetId: string) => Buffer[]][] = [
  ['in one frame', (id) => [good(id)]],
  ['masked with zeros', (id) => [frameOf(text(id), { mask: Buffer.alloc(4) })]],
  ['its length in two bytes', (id) => [frameOf(text(id), { lengthBytes: 2 })]],
  ['its length in eight bytes', (id) => [frameOf(text(id), { lengthBytes: 8 })]],
  ['in as many fragments as it has letters', (id) => fragments(text(id))],
  [
    'in fragments with pings between',
    (id) => fragments(text(id)).flatMap((part) => [frameOf('', { opcode: 9 }), part]),
  ],
  [
    'between two empty fragments',
    (id) => [
      frameOf('', { fin: false }),
      frameOf(text(id), { opcode: 0, fin: false }),
      frameOf('', { opcode: 0 }),
    ],
  ],
  [
    'behind a ping and before one',
    (id) => [frameOf('x', { opcode: 9 }), good(id), frameOf('x', { opcode: 9 })],
  ],
  [
    'a hundred in one write',
    (id) => [Buffer.concat(Array.from({ length: 100 }, (_, k) => frameOf(text(id, 100 + k))))],
  ],
  ['with spaces in its JSON', (id) => [frameOf(`421[ "packet:grab" , { "packetId" : "${id}" } ]`)]],
  ['with its letters escaped', (id) => [frameOf(`421["packet:\\u0067rab",{"packet\\u0049d":"${id}"}]`)]],
];

function fragments(message: string): Buffer[] {
  return message
    .split('')
    .map((letter, k) => frameOf(letter, { opcode: k === 0 ? 1 : 0, fin: k === message.length - 1 }));
}
