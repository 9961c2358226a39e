import { WebSocket } from 'ws';
import type { AckedWin, OtherAnswer } from '@app/audit';
import type { GrabResult } from '@app/contracts';

/** People see a packet and reach for it within this. */
const REACTION_MS_MAX = 1_500;
const BUSY_RETRY_MS = 500;
const ANSWER_MS_MAX = 5_000;
const OPEN_AT_ONCE = 50;

/** What the crowd was told, for the audit. */
export interface Told {
  wins: AckedWin[];
  others: OtherAnswer[];
  /** From each grab to its answer, milliseconds. */
  answerMs: number[];
  drops: number;
}

type Waiting = { resolve: (answer: unknown) => void; timer: NodeJS.Timeout };

/** One person on a socket of their own, framed by hand: 5,000 of the real client would measure the client. */
export class Person {
  private acks = 0;
  private readonly waiting = new Map<number, Waiting>();

  private constructor(
    private readonly ws: WebSocket,
    private readonly userId: string,
    private readonly told: Told,
  ) {}

  static open(gatewayUrl: string, userId: string, token: string, told: Told): Promise<Person> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
      const person = new Person(ws, userId, told);
      ws.on('error', reject);
      ws.on('message', (data: Buffer) => {
        const text = data.toString();
        if (text[0] === '0') ws.send(`40${JSON.stringify({ token })}`);
        else if (text === '2') ws.send('3');
        else if (text.startsWith('40')) resolve(person);
        else if (text.startsWith('44')) reject(new Error(`refused: ${text}`));
        else person.hear(text);
      });
    });
  }

  /** Undefined when no answer came in time. */
  ask(event: string, request: object): Promise<unknown> {
    const id = (this.acks += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        resolve(undefined);
      }, ANSWER_MS_MAX);
      this.waiting.set(id, { resolve, timer });
      this.ws.send(`42${id}${JSON.stringify([event, request])}`);
    });
  }

  close(): void {
    this.ws.close();
  }

  private hear(text: string): void {
    const ack = /^43(\d+)\[/.exec(text);
    if (ack) {
      const waiting = this.waiting.get(Number(ack[1]));
      if (!waiting) return;
      this.waiting.delete(Number(ack[1]));
      clearTimeout(waiting.timer);
      waiting.resolve((JSON.parse(text.slice(ack[0].length - 1)) as unknown[])[0]);
    } else if (text.startsWith('42["packet:dropped"')) {
      const [, { packetId }] = JSON.parse(text.slice(2)) as [string, { packetId: string }];
      this.told.drops += 1;
      setTimeout(() => void this.grab(packetId), Math.random() * REACTION_MS_MAX);
    }
  }

  private async grab(packetId: string): Promise<void> {
    const { told, userId } = this;
    for (;;) {
      const startedMs = performance.now();
      const result = (await this.ask('packet:grab', { packetId })) as GrabResult<number> | undefined;
      if (!result && this.ws.readyState !== WebSocket.OPEN) return;
      if (result && result.outcome !== 'busy') {
        told.answerMs.push(performance.now() - startedMs);
        const { outcome, amount, ordinal } = result;
        if (amount === undefined) told.others.push({ packetId, userId, outcome });
        else told.wins.push({ packetId, userId, amount, ordinal: ordinal! });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, result?.retryAfterMs ?? BUSY_RETRY_MS));
    }
  }
}

/** All of them, some at a time, in their rooms. */
export async function openAll(
  people: readonly { userId: string; token: string; gatewayUrl: string; roomId: string }[],
  told: Told,
): Promise<Person[]> {
  const opened: Person[] = [];
  for (let from = 0; from < people.length; from += OPEN_AT_ONCE) {
    const some = people
      .slice(from, from + OPEN_AT_ONCE)
      .map(async ({ gatewayUrl, userId, token, roomId }) => {
        const person = await Person.open(gatewayUrl, userId, token, told);
        while (
          !(await person.ask('room:join', { roomId }).then((answer) => (answer as { room?: object })?.room))
        );
        return person;
      });
    opened.push(...(await Promise.all(some)));
  }
  return opened;
}
