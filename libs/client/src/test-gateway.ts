import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, beforeEach } from 'vitest';
import type { ClientEvents, GrabResult, ServerEvents, SocketError } from '@app/contracts';
import type { Patience } from './ask-again.js';
import { HongbaoClient, type ClientOptions } from './hongbao-client.js';

export const PACKET = '0190a1b2-0000-7000-8000-000000000001';
export const WON: GrabResult<number> = { outcome: 'won', amount: 66, ordinal: 3, currency: 'CNY' };

/** A gateway of Socket.IO's own that says what a test tells it to, anew for each test, and clients that wait for nothing. */
export class TestGateway {
  server!: Server<ClientEvents, ServerEvents>;
  /** Whose tokens are taken. */
  tokens!: Set<string>;
  /** Every wait of a client, milliseconds. */
  waits!: number[];
  private http!: HttpServer;
  private clients: HongbaoClient[] = [];

  readonly quick: Patience = {
    triesMax: 3,
    random: () => 0,
    sleep: (ms) => {
      this.waits.push(ms);
      return Promise.resolve();
    },
  };

  constructor() {
    beforeEach(() => this.start());
    afterEach(() => this.stop());
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Closed after the test. */
  keep(client: HongbaoClient): HongbaoClient {
    this.clients.push(client);
    return client;
  }

  async connect(options: Partial<ClientOptions> = {}): Promise<HongbaoClient> {
    const usual = { url: this.url, token: 'good', answerMsMax: 500, patience: this.quick };
    return this.keep(await HongbaoClient.connect({ ...usual, ...options }));
  }

  /** Answers grabs in turn; `undefined`: not at all. */
  answerGrabs(...answers: (GrabResult<number> | SocketError | undefined)[]): string[] {
    const asked: string[] = [];
    this.server.on('connection', (socket) => {
      socket.on('packet:grab', ({ packetId }, ack) => {
        asked.push(packetId);
        const answer = answers[Math.min(asked.length, answers.length) - 1];
        if (answer) ack(answer);
      });
    });
    return asked;
  }

  private async start(): Promise<void> {
    this.waits = [];
    this.tokens = new Set(['good']);
    this.http = createServer();
    this.server = new Server(this.http, { transports: ['websocket'] });
    this.server.use((socket, next) => {
      next(this.tokens.has(socket.handshake.auth['token'] as string) ? undefined : new Error('unauthorized'));
    });
    await new Promise<void>((resolve) => {
      this.http.listen(0, '127.0.0.1', resolve);
    });
  }

  private async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) client.close();
    await this.server.close();
  }
}
