import { beforeEach, describe, expect, it } from 'vitest';
import { addMessages, addPacketToLog, changeLog, clearRooms, logOf } from './rooms.js';

const mine = { messageId: 'm1', roomId: 'r', userId: 'me', name: 'Me', text: 'hello', at: 10 };
const waiting = { localId: 'l1', text: 'hello', at: 9, failed: null };

beforeEach(clearRooms);

describe('a message of my own', () => {
  it('takes the place of its pending form when it is pushed before the ack', () => {
    changeLog('r', () => ({ pending: [waiting] }));
    addMessages('r', [mine], 'me');
    expect(logOf('r')).toMatchObject({ pending: [], messages: [mine] });
  });

  it('takes one of two pending messages with the same words', () => {
    changeLog('r', () => ({ pending: [waiting, { ...waiting, localId: 'l2' }] }));
    addMessages('r', [mine], 'me');
    addMessages('r', [mine], 'me');
    expect(logOf('r').pending.map(({ localId }) => localId)).toEqual(['l2']);
  });

  it('stays pending when another person says the same', () => {
    changeLog('r', () => ({ pending: [waiting] }));
    addMessages('r', [{ ...mine, userId: 'you' }], 'me');
    expect(logOf('r').pending).toHaveLength(1);
  });
});

it('a packet that is pushed twice falls once', () => {
  expect(addPacketToLog('r', 'p', 1)).toBe(true);
  expect(addPacketToLog('r', 'p', 1)).toBe(false);
  expect(logOf('r').packets).toHaveLength(1);
});
