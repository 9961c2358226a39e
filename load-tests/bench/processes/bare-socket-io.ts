import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { freePort } from '@app/local-stack';
import { serveParent } from '../helper.js';

let io: Server | undefined;

/** A bare Socket.IO server, over WebSocket only, with all else as it comes: it lets everyone in and does nothing. */
serveParent({
  async listen() {
    const server = createServer();
    io = new Server(server, { transports: ['websocket'], serveClient: false });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${port}`;
  },
  sockets: () => io!.sockets.sockets.size,
});
