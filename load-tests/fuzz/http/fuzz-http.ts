import fc from 'fast-check';
import { HttpClient } from '@app/client';
import { fundedRoom, signIn, signInMany, type TestPerson } from '@app/testing';
import { untilOver, whatBroke, type FuzzOptions, type Fuzzed } from '../fuzzed.js';
import { wrongWith, wrongWithProblem, type HttpAnswer } from './judge.js';
import { KnownIds } from './known-ids.js';
import { rawAnswer, rawRequests } from './raw-requests.js';
import { operationsOf, requestsOf, type Request } from './requests.js';

const PEOPLE = 8;
const FEN_EACH = 50_000;
const AT_ONCE = 4;
const ANSWER_MS_MAX = 10_000;
/** Of the operator alone, behind the gateway. */
const NOT_PUBLIC = /^\/internal\//;
/** Would sign out the people who ask, and leave nothing to try but being refused; only the operator reads it here. */
const SIGNS_OUT = 'POST /api/v1/revocations';

/** Calls of the OpenAPI document with bodies that are right, nearly right and garbage, by people of several roles. */
export async function fuzzHttp({ url, seed, seconds, signal }: FuzzOptions): Promise<Fuzzed> {
  const document = (await (await fetch(`${url}/api/docs-json`)).json()) as Parameters<typeof operationsOf>[0];
  const operations = operationsOf(document).filter(
    ({ method, path }) => !NOT_PUBLIC.test(path) && `${method} ${path}` !== SIGNS_OUT,
  );
  const [witness, people, known] = [
    await signIn(url, 'fuzz'),
    await signInMany(url, PEOPLE, 'fuzz'),
    new KnownIds(),
  ];
  const tokens = await tokensOf(url, people, known);
  const [statuses, waits] = [new Map<string, number>(), [] as number[]];
  let raw = 0;

  const one = async (request: Request) => {
    const answer = await ask(url, request, tokens, known);
    const key = `${request.operation.method} ${request.operation.path} ${Math.floor(answer.status / 100)}xx`;
    statuses.set(key, (statuses.get(key) ?? 0) + 1);
    const wrong = wrongWith(request.operation, answer);
    if (wrong) throw new Error(`${wrong}: ${answer.status} ${answer.text.slice(0, 300)}`);
    if (answer.status < 300 && answer.type.startsWith('application/json'))
      known.learnFrom(JSON.parse(answer.text));
  };
  const property = fc.asyncProperty(
    fc.array(requestsOf(operations), { minLength: 1, maxLength: AT_ONCE }),
    fc.option(rawRequests, { freq: 5 }),
    async (requests, bytes) => {
      await Promise.all(requests.map(one));
      if (bytes) {
        raw += 1;
        const answer = await rawAnswer(url, bytes, ANSWER_MS_MAX);
        if (answer && answer.status >= 500) throw new Error(`${answer.status} to ${JSON.stringify(bytes)}`);
        if (answer?.type.includes('problem')) {
          const wrong = wrongWithProblem(answer);
          if (wrong) throw new Error(wrong);
        }
      }
      const beganMs = performance.now();
      await witness.http.wallet();
      waits.push(performance.now() - beganMs);
      if (signal?.aborted) throw new Error('interrupted');
    },
  );
  const details = await fc.check(property, untilOver(seed, seconds));
  const done = [...statuses].filter(([key]) => key.endsWith('2xx')).map(([key]) => key);
  const asked = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  return {
    tried: `${asked} calls of ${operations.length} operations (${done.length} of them done at least once), ${raw} raw requests`,
    people,
    waits,
    ...(details.failed ? { broken: whatBroke(details) } : {}),
  };
}

/** People with money, a room and packets; one owns a brand, one markets for it by the host app's word, one operates. */
async function tokensOf(url: string, people: readonly TestPerson[], known: KnownIds): Promise<string[]> {
  const [owner, ...others] = people as [TestPerson, ...TestPerson[]];
  const { tenantId } = await owner.http.createTenant('fuzz');
  await owner.http.topUpTenant(tenantId, { amount: FEN_EACH, currency: 'CNY', provider: 'sandbox' });
  known.learn('tenantId', tenantId);
  for (const person of people) known.learn('userId', person.userId);
  for (const person of [owner, others[0]!]) {
    const roomId = await fundedRoom(person, people.slice(), FEN_EACH);
    const packet = { roomId, kind: 'lucky', amount: 100, count: 20, currency: 'CNY' } as const;
    known.learnFrom(await person.http.sendPacket(packet));
  }
  const http = new HttpClient({ url });
  const roles = ['user', 'user', 'user', 'user', 'user', 'user', 'marketer', 'operator'] as const;
  return Promise.all(
    people.map(async ({ userId, name }, k) => {
      const role = roles[k]!;
      const body = { userId, name, role, ...(role === 'marketer' ? { tenantId } : {}) };
      return (await http.devToken(body as never)).token;
    }),
  );
}

async function ask(
  url: string,
  { operation, path, headers, body, who }: Request,
  tokens: readonly string[],
  known: KnownIds,
): Promise<HttpAnswer> {
  const token = who === undefined ? undefined : tokens[who % tokens.length];
  const response = await fetch(`${url}${known.fill(decodedPlaces(path))}`, {
    method: operation.method,
    headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body === undefined || operation.method === 'GET' ? {} : { body: known.fill(body) }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    redirect: 'manual',
  });
  const [type, text] = [response.headers.get('content-type') ?? '', await response.text()];
  return { status: response.status, type, text };
}

/** Places for ids were encoded with what is around them. */
const decodedPlaces = (path: string) => path.replaceAll(/%C2%AB(\w+)%3A(\d+)%C2%BB/g, '«$1:$2»');
