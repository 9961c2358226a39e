import { randomUUID } from 'node:crypto';
import { HongbaoClient, HttpClient } from '@app/client';
import type { Answers, Attributes, GateView, GrabResult, PacketView } from '@app/contracts';
import { Tokens } from '@app/identity';
import type { TestPerson } from '@app/testing';
import { call } from './campaign-scene.js';

type Env = Record<string, string>;

const CONNECTING_AT_ONCE = 60;

/** Many people at once: signed here, as a host app signs its own users' tokens. */
export async function crowdOf(
  { url, env }: { url: string; env: Env },
  count: number,
  prefix: string,
  attributes?: Attributes,
): Promise<TestPerson[]> {
  const tokens = new Tokens({
    secret: env.JWT_SECRET!,
    issuer: env.JWT_ISSUER ?? 'hongbao',
    audience: env.JWT_AUDIENCE ?? 'hongbao',
  });
  const crowd = randomUUID().slice(0, 8);
  return Promise.all(
    Array.from({ length: count }, async (_, k) => {
      const userId = `${prefix}-${crowd}-${k}`;
      const name = `${prefix} ${k}`;
      const token = await tokens.sign({ userId, name, attributes });
      const http = new HttpClient({ url, token });
      return { userId, name, token, http, connect: () => HongbaoClient.connect({ url, token }) };
    }),
  );
}

/** `work` for each, at most `atOnce` of them under way; results in order. */
export async function eachOf<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, k: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  let next = 0;
  const hand = async () => {
    while (next < items.length) {
      const k = next;
      next += 1;
      results[k] = await work(items[k]!, k);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, hand));
  return results;
}

/** The caller closes them. */
export function connectAll(people: readonly TestPerson[]): Promise<HongbaoClient[]> {
  return eachOf(people, CONNECTING_AT_ONCE, (person) => person.connect());
}

/** The next such packet that this client is told of; there may be other campaigns for everyone. */
export function heard(
  client: HongbaoClient,
  event: 'packet:announced' | 'packet:dropped',
  isMine: (packet: PacketView<number>) => boolean,
): Promise<PacketView<number>> {
  return new Promise((resolve) => {
    const listen = (packet: PacketView<number>) => {
      if (!isMine(packet)) return;
      client.off(event, listen);
      resolve(packet);
    };
    client.on(event, listen);
  });
}

/** `POST /packets/:id/grabs`, asked again while it is busy. A refusal's code stands as its outcome. */
export async function grabByHttp(
  url: string,
  { token }: Pick<TestPerson, 'token'>,
  packetId: string,
  answers?: Answers,
): Promise<GrabResult | { outcome: string }> {
  for (;;) {
    const body = answers ? { answers } : {};
    const answered = await call<GrabResult>(url, token, 'POST', `/packets/${packetId}/grabs`, body);
    if (answered.code !== undefined && answered.code !== 'busy') return { outcome: answered.code };
    const { outcome, retryAfterMs = 200 } = answered.body;
    if (answered.code === undefined && outcome !== 'busy') return answered.body;
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
  }
}

/** What the options' texts say is right, in this person's own ids; `isRight: false` picks a wrong one each time. */
export function quizAnswers(
  gates: readonly GateView[] | undefined,
  rightTexts: readonly string[],
  isRight = true,
): Answers {
  const questions = (gates ?? []).flatMap((gate) => (gate.kind === 'quiz' ? gate.questions : []));
  const quiz = questions.map(({ question, options }) => {
    const fits = options.filter(({ text }) => rightTexts.includes(text) === isRight);
    return { question, option: fits[0]!.option };
  });
  return { quiz };
}

/** Everything that comes to this client, pushes and answers, as text. The array grows. */
export function everythingHeardBy(client: HongbaoClient): string[] {
  const frames: string[] = [];
  // The parser's packets, before anything of ours sees them: an answer to a request has no event name.
  client['connection'].socket.io.on('packet', (packet: { data?: unknown }) =>
    frames.push(JSON.stringify(packet.data) ?? ''),
  );
  return frames;
}
