import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnsweredSocket } from './answered-socket.js';

const SILENCE_MS = 60;

let server: Server;
let answer: (socket: Socket) => void;
let socket: Socket;
beforeEach(async () => {
  server = createServer((near) => near.on('error', () => {}).on('data', () => answer(near)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  socket = new AnsweredSocket(SILENCE_MS);
  socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
});
afterEach(async () => {
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

describe('a connection to Postgres', () => {
  it('ends itself when nothing comes back', async () => {
    answer = () => {};
    socket.write('a question');
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toBe(`nothing came back within ${SILENCE_MS} ms`);
  });

  it('may be silent for as long as it likes when nothing was asked', async () => {
    answer = (near) => near.write('an answer');
    socket.write('a question');
    await new Promise((resolve) => socket.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 2 * SILENCE_MS));
    expect(socket.destroyed).toBe(false);
  });
});
