import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { serveParent } from '../helper.js';
import type { ConnectOrder } from './orders.js';

/**
 * A process that answers and knows nothing: `socket.io` acknowledges every grab with a constant, `ws` sends back what it
 * got. Gives the port.
 */
serveParent({
  listen: async (kind: ConnectOrder['kind']) => {
    const http = createServer();
    if (kind === 'socket.io') {
      const io = new Server(http, {
        transports: ['websocket'],
        perMessageDeflate: false,
        serveClient: false,
      });
      const answer = { outcome: 'won', amount: 100, ordinal: 1, currency: 'CNY' };
      io.on('connection', (socket) => {
        socket.on('packet:grab', (_payload: unknown, reply: (answer: unknown) => void) => reply(answer));
      });
    } else {
      const server = new WebSocketServer({ server: http, perMessageDeflate: false });
      server.on('connection', (socket) => {
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      });
    }
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return (http.address() as AddressInfo).port;
  },
});
