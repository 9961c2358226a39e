import { afterEach, describe, expect, it } from 'vitest';
import { signIn, until } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';
import { connectRaw as openRaw, type Raw } from './raw-connection.js';

const { url } = serviceUnderTest();
const connections: Raw[] = [];
afterEach(() => {
  for (const raw of connections.splice(0)) raw.terminate();
});

async function connectRaw(options: { origin?: string } = {}): Promise<Raw> {
  const raw = await openRaw(url, options);
  connections.push(raw);
  return raw;
}

async function signedIn(): Promise<Raw> {
  const raw = await connectRaw();
  raw.send(`40${JSON.stringify({ token: (await signIn(url)).token })}`);
  await until('signed in', () => raw.frames.some((frame) => frame.startsWith('40')));
  raw.frames.length = 0;
  return raw;
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a frame that no client of ours would send', () => {
  it.each([
    ['null as payload', '42["packet:grab",null]'],
    ['no payload', '42["packet:grab"]'],
    ['an array', '421["packet:grab",[1]]'],
    ['a number', '421["packet:grab",5]'],
    ['a string', '421["packet:grab","x"]'],
    ['an operator for an id', '421["packet:grab",{"packetId":{"$ne":1}}]'],
    ['an id with NUL', '421["packet:grab",{"packetId":"a\\u0000b"}]'],
    ['an id with braces and stars', '421["packet:grab",{"packetId":"{}*:\\n"}]'],
    ['a lone surrogate', '421["message:post",{"roomId":"x","text":"\\ud800"}]'],
    ['__proto__', '421["packet:grab",{"__proto__":{"packetId":"x"}}]'],
    ['1,500 levels', `421["packet:grab",${nested(1_500)}]`],
    ['an unknown request', '421["packet:steal",{}]'],
    ['a request of no name we have', '421["constructor",{}]'],
  ])('%s gets one answer, invalid_request', async (_what, frame) => {
    const raw = await signedIn();
    raw.send(frame);
    await until('an answer', () => raw.frames.length > 0);
    expect(raw.frames[0]).toContain('"code":"invalid_request"');
    raw.send('422["clock:sync",{}]');
    await until('the connection still serves', () =>
      raw.frames.some((answer) => answer.includes('serverTimeMs')),
    );
    expect(raw.frames).toHaveLength(2);
  });

  it.each([
    ['5 KB', `421["packet:grab",{"packetId":"${'x'.repeat(5_000)}"}]`],
    ['1 MB', `421["packet:grab",{"packetId":"${'x'.repeat(1_000_000)}"}]`],
    ['broken JSON', '421["packet:grab",{'],
    ['a reserved event', '421["disconnecting"]'],
    ['an unknown packet type', '49["x"]'],
    ['an unknown engine type', 'x'],
    ['binary that never comes, then text', '451-["packet:grab",{"_placeholder":true,"num":0}]'],
  ])('%s closes the connection, or is ignored, and nobody else notices', async (_what, frame) => {
    const [raw, other] = [await signedIn(), await signedIn()];
    raw.send(frame);
    if (!raw.closed) raw.send('422["clock:sync",{}]');
    await until('closed or still serving', () => raw.closed || raw.frames.length > 0);
    other.send('422["clock:sync",{}]');
    await until('the other still serves', () =>
      other.frames.some((answer) => answer.includes('serverTimeMs')),
    );
  });

  it('no token, and a bad one, are refused with unauthorized', async () => {
    for (const auth of ['', '{"token":"x"}', '{"token":5}', '{"token":null}']) {
      const raw = await connectRaw();
      raw.send(`40${auth}`);
      await until('refused', () => raw.frames.some((frame) => frame.startsWith('44')));
      expect(raw.frames.at(-1)).toContain('"message":"unauthorized"');
    }
  });

  it('a request before signing in closes the connection', async () => {
    const raw = await connectRaw();
    raw.send('421["packet:grab",{}]');
    await until('closed', () => raw.closed);
  });

  it('a page of a foreign origin is refused; our own page is not', async () => {
    expect((await connectRaw({ origin: 'https://evil.example' })).refusal).toBe('origin_refused');
    expect((await connectRaw({ origin: url })).closed).toBe(false);
  });
});
