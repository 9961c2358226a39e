import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Server, type Socket } from 'socket.io';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { frameOf, RawSocket, type FrameOptions } from '@app/testing';
import { openLane, writeAck } from './grab-lane.js';
import type { HongbaoSocket } from './person.js';

/** Of pairs of connections; 4 s. */
const RUNS = 400;
const PACKET_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const LAST = '4277["last",{}]';

interface Both {
  server: Server;
  url: string;
}
let [withLane, without]: Both[] = [];
let taken = 0;

beforeAll(async () => {
  [withLane, without] = await Promise.all([true, false].map(serve));
});
afterAll(async () => {
  await Promise.all([withLane!.server.close(), without!.server.close()]);
});

async function serve(hasLane: boolean): Promise<Both> {
  const http = createServer();
  const server = new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    maxHttpBufferSize: 16_384,
  });
  server.on('connection', (socket: Socket) => {
    if (hasLane)
      openLane(socket as unknown as HongbaoSocket, (asking, { packetId, id }) => {
        // As the gateway does, which knows the packet by then: whatever else stands there is for Socket.IO to read.
        if (packetId !== PACKET_ID) return false;
        taken += 1;
        writeAck(asking, id, JSON.stringify({ packetId }));
        return true;
      });
    for (const event of ['packet:grab', 'last'])
      socket.on(event, (payload: unknown, reply?: (answer: unknown) => void) => {
        if (typeof reply === 'function') reply(payload);
      });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

const grab = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.nat(999_999_999) }, { weight: 1, arbitrary: fc.nat(2_000_000_000) }),
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(PACKET_ID) },
      fc.constantFrom('x'.repeat(36), PACKET_ID.toUpperCase()),
    ),
  )
  .map(([id, packetId]) => `42${id}["packet:grab",{"packetId":"${packetId}"}]`);
const text = fc.oneof(
  { weight: 12, arbitrary: grab },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '421["last",{}]',
      '42["packet:grab",{}]',
      '3',
      '6',
      '4207["packet:grab",{"packetId":"x"}]',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(grab, fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }))
      .map(([one, at, some]) => {
        const from = at % one.length;
        return one.slice(0, from) + some + one.slice(from + 1);
      }),
  },
);
const mask = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const options: fc.Arbitrary<FrameOptions> = fc.record(
  {
    mask,
    lengthBytes: fc.constantFrom<2 | 8>(2, 8),
    opcode: fc.constantFrom(0, 1, 1, 1, 2, 9, 10),
    fin: fc.boolean(),
    reserved: fc.constantFrom(0, 0, 0, 1, 4),
  },
  { requiredKeys: ['mask'] },
);
const frame = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .tuple(
        text,
        mask.filter((one) => one !== null),
      )
      .map(([some, own]) => frameOf(some, { mask: own })),
  },
  { weight: 1, arbitrary: fc.tuple(text, options).map(([some, how]) => frameOf(some, how)) },
  {
    weight: 1,
    arbitrary: fc.tuple(text, fc.nat()).map(([some, at]) => {
      const bytes = Buffer.from(some);
      const first = { fin: false, mask: Buffer.from([1, 2, 3, 4]) };
      const [head, tail] = [bytes.subarray(0, at % bytes.length), bytes.subarray(at % bytes.length)];
      const ping = frameOf('x', { opcode: 9 });
      return Buffer.concat([frameOf(head, first), ping, frameOf(tail, { opcode: 0 })]);
    }),
  },
);

/** Bytes in pieces; who sends them waits for what is there to be read between two pieces. */
const chunks = fc
  .tuple(fc.array(frame, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(), { maxLength: 5 }))
  .map(([frames, cuts]) => {
    const bytes = Buffer.concat(frames);
    const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
    return [0, ...places].map((from, k) => bytes.subarray(from, places[k] ?? bytes.length));
  });

async function heardFrom(
  { url }: Both,
  pieces: readonly Buffer[],
): Promise<{ closed: boolean; code?: number; answers: string[] }> {
  const raw = await RawSocket.open(url);
  try {
    raw.say('40');
    await raw.until('connected', () => raw.messages.some((one) => one.startsWith('40')));
    for (const piece of pieces) {
      raw.write(piece);
      // Two turns of the loop that both servers and this client share.
      for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    raw.say(LAST);
    // Whoever is in the middle of a message is not answered: then a broken frame ends both.
    await raw
      .until('an end', () => raw.closed || raw.acksOf(77).length > 0, 150)
      .catch(() => raw.write(Buffer.from([0xff, 0xff])));
    await raw.until('an end', () => raw.closed || raw.acksOf(77).length > 0, 2_000).catch(() => undefined);
    const answers = raw.answers;
    return { closed: raw.closed, answers, ...(raw.closeCode === undefined ? {} : { code: raw.closeCode }) };
  } finally {
    raw.end();
  }
}

it('whatever bytes come in whatever pieces, a connection with the lane is answered as one without it', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
  console.log(`the lane against Socket.IO: SEED=${seed}`);
  const same = fc.asyncProperty(chunks, async (pieces) => {
    const [lane, plain] = await Promise.all([heardFrom(withLane!, pieces), heardFrom(without!, pieces)]);
    // What ends a connection overtakes answers to what came in just before: then one may have heard more than the other.
    const heard = plain.closed ? Math.min(lane.answers.length, plain.answers.length) : Infinity;
    expect({ ...lane, answers: lane.answers.slice(0, heard) }).toEqual({
      ...plain,
      answers: plain.answers.slice(0, heard),
    });
  });
  await fc.assert(same, { seed, numRuns: RUNS });
  // Otherwise nothing was compared.
  expect(taken).toBeGreaterThan(RUNS / 20);
}, 60_000);
