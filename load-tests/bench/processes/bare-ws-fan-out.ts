import { connectSockets } from '@app/redis';
import { WebSocketServer } from 'ws';
import { freePort } from '@app/local-stack';
import { serveParent } from '../helper.js';

/** A bare `ws` server that sends what comes over a Redis channel to every client, in a loop. */
let server: WebSocketServer | undefined;

serveParent({
  async listen({ redisUrl, channel }: { redisUrl: string; channel: string }) {
    const port = await freePort();
    const listening = (server = new WebSocketServer({ port, host: '127.0.0.1', perMessageDeflate: false }));
    await new Promise((resolve) => listening.once('listening', resolve));
    const redis = connectSockets(redisUrl, (role, error) => console.error(role, error.message));
    redis.on('message', (_channel, text: string) => {
      for (const client of listening.clients) client.send(text);
    });
    await redis.subscribe(channel);
    return `ws://127.0.0.1:${port}/`;
  },
  clients: () => server!.clients.size,
});
