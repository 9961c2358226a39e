import { describe, expect, it } from 'vitest';
import { connectFrame, parseFrame, requestFrame, socketUrl } from './frames.ts';

describe('a frame', () => {
  it.each([
    ['0{"sid":"a","pingInterval":25000,"pingTimeout":20000}', 'open'],
    ['2', 'ping'],
    ['40{"sid":"b"}', 'connected'],
    ['44{"message":"unauthorized"}', 'refused'],
    ['41', 'disconnected'],
    ['1', 'disconnected'],
    ['42["packet:dropped",{"a":1}]', 'event'],
    ['4217["asks for an ack",{}]', 'event'],
    ['4312[{"outcome":"won"}]', 'ack'],
  ])('%s is %s', (text, kind) => {
    expect(parseFrame(text).kind).toBe(kind);
  });

  it.each([
    '',
    '6',
    '5',
    '451-["binary",{"_placeholder":true,"num":0}]',
    '42/other,["a"]',
    '40/other,{}',
    '43[1]',
    '42{}',
    '42["cut',
  ])('%j is none of ours', (text) => {
    expect(parseFrame(text)).toEqual({ kind: 'other' });
  });

  it('of an acknowledgement has its id and its arguments as text', () => {
    expect(parseFrame('43120[{"outcome":"empty"}]')).toEqual({
      kind: 'ack',
      id: 120,
      args: '[{"outcome":"empty"}]',
    });
    expect(parseFrame('437[]')).toEqual({ kind: 'ack', id: 7, args: '[]' });
  });

  it('of an event has its name, whatever stands in it', () => {
    expect(parseFrame('42["消息",{"text":"恭喜发财 \\" 🧧"}]')).toEqual({
      kind: 'event',
      event: '消息',
      args: '["消息",{"text":"恭喜发财 \\" 🧧"}]',
    });
    expect(parseFrame('42["a\\"b"]')).toMatchObject({ event: 'a"b' });
    expect(parseFrame('42["lonely"]')).toMatchObject({ event: 'lonely', args: '["lonely"]' });
  });

  it('of a refusal has what the middleware said', () => {
    expect(parseFrame('44{"message":"unauthorized","data":{"code":"unauthorized"}}')).toEqual({
      kind: 'refused',
      refusal: { message: 'unauthorized', data: { code: 'unauthorized' } },
    });
  });

  it('that is asked carries its id before the array', () => {
    expect(requestFrame(3, 'packet:grab', { packetId: 'p' })).toBe('423["packet:grab",{"packetId":"p"}]');
    expect(connectFrame({ token: 't' })).toBe('40{"token":"t"}');
  });
});

describe('the address of the sockets', () => {
  it('is that of the service', () => {
    expect(socketUrl('https://a.example:9/')).toBe('wss://a.example:9/socket.io/?EIO=4&transport=websocket');
  });
});
