import { HongbaoClient, UnansweredError } from '@app/client';
import { RefusalError } from '@app/contracts';
import type { TestPerson } from '@app/testing';
import { Chance } from '../lib/chance.ts';
import type { Answer, ClientsRecord } from './record.js';
import type { Scene } from './scene.js';

/** No answer within this is unknown. More than the money connection's 2 s, so that a late `busy` still arrives. */
const ANSWER_MS_MAX = 4_000;
const GAP_MS_MEAN = 500;
const AGAIN_MS = 300;
const CONNECT_AGAIN_MS = 500;
/** After these nothing that is asked again can be another answer. */
const SETTLED: ReadonlySet<Answer['outcome']> = new Set(['won', 'already', 'empty', 'closed']);

/** Everyone in the scene, each with a socket, tapping on every packet until its answer is definite. */
export class Crowd {
  private isOver = false;
  private readonly loops: Promise<void>[] = [];

  constructor(
    private readonly url: string,
    private readonly scene: Scene,
    private readonly record: ClientsRecord,
    private readonly seed: number,
  ) {}

  start(): void {
    for (const [k, person] of this.scene.people.entries())
      this.loops.push(this.tap(person, new Chance(this.seed, k)));
  }

  /** Whoever waits for an answer gets it, or hears nothing. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.loops);
  }

  private async tap(person: TestPerson, chance: Chance): Promise<void> {
    const done = new Set<string>();
    const client = await this.connect(person, () => this.isOver);
    if (!client) return;
    await client.joinRoom(this.scene.roomId).catch(() => undefined);
    while (!this.isOver) {
      const open = this.scene.packets.filter((packetId) => !done.has(packetId));
      const from = open.length > 0 ? open : this.scene.packets;
      const packetId = from[chance.below(from.length)];
      if (packetId !== undefined) {
        const answer = await this.grab(client, person.userId, packetId);
        if (SETTLED.has(answer.outcome)) done.add(packetId);
        if (answer.outcome === 'busy' || answer.outcome === 'unknown') await pause(AGAIN_MS);
      }
      await pause(chance.exponential(GAP_MS_MEAN));
    }
    client.close();
  }

  /** One round at the end, each on a connection of its own: what was said before must be said again. */
  async askAll(untilMs: number): Promise<Answer[]> {
    const rounds = this.scene.people.map(async (person) => {
      const client = await this.connect(person, () => Date.now() > untilMs);
      if (!client) return [];
      await client.joinRoom(this.scene.roomId).catch(() => undefined);
      const last: Answer[] = [];
      for (const packetId of this.scene.packets) {
        let answer = await this.grab(client, person.userId, packetId);
        while (['busy', 'unknown', 'not_open', 'refused'].includes(answer.outcome) && Date.now() < untilMs) {
          await pause(AGAIN_MS);
          answer = await this.grab(client, person.userId, packetId);
        }
        last.push(answer);
      }
      client.close();
      return last;
    });
    return (await Promise.all(rounds)).flat();
  }

  async grab(client: HongbaoClient, userId: string, packetId: string): Promise<Answer> {
    const answer = this.record.asked(userId, packetId);
    try {
      this.record.answered(answer, await client.ask('packet:grab', { packetId }));
    } catch (error) {
      if (error instanceof RefusalError) this.record.refused(answer, error.code);
      else if (!(error instanceof UnansweredError)) this.record.refused(answer, (error as Error).message);
    }
    return answer;
  }

  async connect(person: TestPerson, giveUp: () => boolean): Promise<HongbaoClient | undefined> {
    const options = { url: this.url, token: person.token, answerMsMax: ANSWER_MS_MAX };
    while (!giveUp()) {
      const client = await HongbaoClient.connect(options).catch(() => undefined);
      if (client) return client;
      await pause(CONNECT_AGAIN_MS);
    }
    return undefined;
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
