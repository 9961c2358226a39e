import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HongbaoClient } from '@app/client';
import { type Answers, type GrabResult, type PacketView, type TenantKeyMade } from '@app/contracts';
import { fundedRoom, until, type TestPerson } from '@app/testing';
import {
  connectAll,
  crowdOf,
  everythingHeardBy,
  grabByHttp,
  heard,
  quizAnswers,
} from '../../api/test/campaign-crowd.js';
import { Brand, call, iso } from '../../api/test/campaign-scene.js';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
const PHRASE = 'Dragon 端午 2026';
const PLACE = { lat: 30.746318, lng: 120.755142 };
const RADIUS_METERS = 500;
const METERS_PER_DEGREE = 111_195;
const QUESTION = {
  text: '粽子用什么叶?',
  options: ['荷叶', '箬叶', '桐叶', '竹叶', '蕉叶', '苇叶', '桑叶', '茶叶'],
  answer: 1,
};
const RIGHT = ['箬叶'];
const MEMBER = `member-${Date.now()}`;

const password = { kind: 'password', phrase: PHRASE, hint: '今年的节日' };
const quiz = { kind: 'quiz', questions: [QUESTION], triesMax: 2 };
const place = { kind: 'place', ...PLACE, radiusMeters: RADIUS_METERS, clue: '老字号门前' };
const members = { kind: 'members', userIds: [MEMBER] };
const task = { kind: 'task', taskId: 'share', title: '分享给朋友' };
const GATES = {
  ...{ password: [password], quiz: [quiz], place: [place], members: [members], task: [task] },
  all: [password, { ...quiz, triesMax: 50 }, place, task],
  few: [{ ...quiz, triesMax: 3 }],
};
type Name = keyof typeof GATES;

let brand: Brand;
let campaignId: string;
let key: TenantKeyMade;
const packets = {} as Record<Name, string>;
const clients: HongbaoClient[] = [];
const frames: string[][] = [];

async function people(count: number): Promise<{ person: TestPerson; client: HongbaoClient }[]> {
  const crowd = await crowdOf({ url, env }, count, 'gated');
  const connected = await connectAll(crowd);
  clients.push(...connected);
  frames.push(...connected.map(everythingHeardBy));
  return crowd.map((person, k) => ({ person, client: connected[k]! }));
}

const someone = async () => (await people(1))[0]!;

/** The answer, as one word. */
async function said(
  grabbed: Promise<Pick<GrabResult, 'outcome' | 'reason'> | { outcome: string; reason?: string }>,
) {
  const { outcome, reason } = await grabbed.catch((error: { code: string }) => ({
    outcome: error.code,
    reason: undefined,
  }));
  return reason ?? outcome;
}

const viewOf = async (client: HongbaoClient, name: Name): Promise<PacketView<number>> =>
  (await client.packetsList()).packets.find(({ packetId }) => packetId === packets[name])!;

const at = (metersNorth: number, accuracyMeters = 10): Answers => ({
  place: { lat: PLACE.lat + metersNorth / METERS_PER_DEGREE, lng: PLACE.lng, accuracyMeters },
});

const vouchFor = (userIds: string[]) => brand.vouch(key, 'share', userIds);

beforeAll(async () => {
  brand = await Brand.found(url);
  key = await brand.post<TenantKeyMade>(`/tenants/${brand.tenantId}/keys`);
  campaignId = await brand.campaign();
  const opensAt = iso(2_000);
  const packet = { kind: 'fixed', amount: 1_000, count: 10 };
  const dropIds = new Map<string, Name>();
  for (const name of Object.keys(GATES) as Name[]) {
    const count = name === 'few' ? { packet: { ...packet, amount: 200, count: 2 } } : { packet };
    dropIds.set(await brand.drop(campaignId, { opensAt, gates: GATES[name], ...count }), name);
  }
  await people(1);
  await brand.post(`/campaigns/${campaignId}/schedule`);
  for (const { dropId, packetId } of await brand.allOpened(campaignId))
    packets[dropIds.get(dropId)!] = packetId!;
});
afterAll(() => {
  for (const client of clients) client.close();
});

describe('a password', () => {
  it.each([
    ['as it stands', PHRASE],
    ['in other case, without spaces', 'dRAGON端午2026'],
    ['in full width, with ideographic spaces', '　ＤＲＡＧＯＮ　端午　２０２６　'],
    ['with characters that show nothing', `Dra\u200bgon 端午 2026\ufeff`],
  ])('is taken %s', async (_how, phrase) => {
    const { client } = await someone();
    expect(await said(client.grab(packets.password, { password: phrase }))).toBe('won');
  });

  it('that is wrong, blank or missing is refused by that reason, with words', async () => {
    const { person, client } = await someone();
    for (const phrase of ['dragon 端午 2027', 'dragon 端 午', '   ', '']) {
      expect(await said(client.grab(packets.password, { password: phrase }))).toBe('password');
    }
    expect(await client.grab(packets.password)).toEqual({
      ...{ outcome: 'not_eligible', reason: 'password', message: expect.stringMatching(/\w+ \w+/) },
    });
    expect(await said(grabByHttp(url, person, packets.password, { password: 'x' }))).toBe('password');
    expect(await said(grabByHttp(url, person, packets.password, { password: PHRASE }))).toBe('won');
  });
});

describe('a quiz with two tries', () => {
  it('is over after two wrong answers on any way in, and another person is not touched by that', async () => {
    const [a, b] = await people(2);
    const wrong = quizAnswers((await viewOf(a!.client, 'quiz')).gates, RIGHT, false);
    const right = quizAnswers((await viewOf(a!.client, 'quiz')).gates, RIGHT);
    expect(await said(a!.client.grab(packets.quiz))).toBe('quiz');
    expect(await said(a!.client.grab(packets.quiz, { quiz: [] }))).toBe('quiz');
    expect(await said(a!.client.grab(packets.quiz, wrong))).toBe('quiz');
    expect(await said(grabByHttp(url, a!.person, packets.quiz, wrong))).toBe('quiz');
    expect(await said(a!.client.grab(packets.quiz, right))).toBe('tries');
    expect(await said(grabByHttp(url, a!.person, packets.quiz, right))).toBe('tries');
    const own = quizAnswers((await viewOf(b!.client, 'quiz')).gates, RIGHT);
    expect(await said(b!.client.grab(packets.quiz, own))).toBe('won');
  });

  it('can not be guessed by all options at once', async () => {
    const { person, client } = await someone();
    const more = await connectAll(Array.from({ length: 7 }, () => person));
    clients.push(...more);
    const [gate] = (await viewOf(client, 'quiz')).gates!;
    const { question, options } = gate!.kind === 'quiz' ? gate!.questions[0]! : expect.fail();
    const words = await Promise.all(
      [client, ...more].map((one, k) =>
        said(one.grab(packets.quiz, { quiz: [{ question, option: options[k]!.option }] })),
      ),
    );
    expect(options).toHaveLength(words.length);
    expect(words.filter((word) => word === 'quiz').length).toBeLessThanOrEqual(2);
    expect(words.filter((word) => word === 'won').length).toBeLessThanOrEqual(1);
    if (!words.includes('won')) expect(words.filter((word) => word === 'tries')).toHaveLength(6);
    else expect(words.every((word) => ['won', 'already', 'quiz'].includes(word))).toBe(true);
  });

  it('shows its options in an order of each person, by ids that say nothing', async () => {
    const seen = await Promise.all(
      (await people(12)).map(async ({ client }) => {
        const [gate] = (await viewOf(client, 'quiz')).gates!;
        const { options } = gate!.kind === 'quiz' ? gate!.questions[0]! : expect.fail();
        expect(options.map(({ text }) => text).sort()).toEqual(QUESTION.options.toSorted());
        return options.find(({ text }) => RIGHT.includes(text))!.option;
      }),
    );
    expect(new Set(seen).size).toBeGreaterThan(2);
  });
});

describe('a place', () => {
  it('lets in who is inside and known well enough', async () => {
    const { client } = await someone();
    expect(await said(client.grab(packets.place))).toBe('place');
    expect(await said(client.grab(packets.place, at(RADIUS_METERS + 20)))).toBe('place');
    expect(await said(client.grab(packets.place, at(0, RADIUS_METERS + 1)))).toBe('place');
    expect(await said(client.grab(packets.place, at(100_000, 1)))).toBe('place');
    const nowhere = { place: { lat: 91, lng: 0, accuracyMeters: 1 } };
    expect(await said(client.grab(packets.place, nowhere))).toBe('invalid_request');
    expect(await said(client.grab(packets.place, at(RADIUS_METERS - 20)))).toBe('won');
  });
});

describe('members and a task', () => {
  it('let in the named, and nobody else', async () => {
    const { client } = await someone();
    expect(await said(client.grab(packets.members))).toBe('members');
    const { token } = await brand.marketer.http.devToken({ userId: MEMBER });
    expect(await said(grabByHttp(url, { token }, packets.members))).toBe('won');
  });

  it('let in for whom the host app vouched, also after the packet opened', async () => {
    const [a, b] = await people(2);
    for (const { client } of [a!, b!]) expect(await said(client.grab(packets.task))).toBe('task');
    await vouchFor([a!.person.userId]);
    expect(await said(a!.client.grab(packets.task))).toBe('won');
    expect(await said(b!.client.grab(packets.task))).toBe('task');
  });
});

describe('several gates at once', () => {
  it('must all be met, and the first that is not is named', async () => {
    const { person, client } = await someone();
    const { gates } = await viewOf(client, 'all');
    const all = { password: PHRASE, ...quizAnswers(gates, RIGHT), ...at(0) };
    const grab = (answers: Answers) => said(client.grab(packets.all, answers));
    expect(await grab({ ...all, password: 'no' })).toBe('password');
    expect(await grab({ ...all, ...quizAnswers(gates, RIGHT, false) })).toBe('quiz');
    expect(await grab({ ...all, ...at(2_000) })).toBe('place');
    expect(await grab(all)).toBe('task');
    await vouchFor([person.userId]);
    expect(await grab({ ...all, password: undefined })).toBe('password');
    expect(await grab(all)).toBe('won');
  });
});

describe('the order of the grab rules', () => {
  it('is: not open yet, won before, closed, a gate, empty', async () => {
    const [a, b, c] = await people(3);
    const opensAt = iso(2_500);
    const told = heard(a!.client, 'packet:announced', ({ gates }) => gates?.[0]?.kind === 'password');
    const packet = { kind: 'fixed', amount: 200, count: 2 };
    const gates = [{ ...password, triesMax: 1 }];
    const dropId = await brand.drop(campaignId, { opensAt, announceSeconds: 2, packet, gates });
    const { packetId, opensAt: opensAtMs } = await told;
    expect(new Date(opensAtMs).toISOString()).toBe(opensAt);
    // Wrong answers before the opening are no tries.
    for (let k = 0; k < 3; k += 1) {
      expect(await a!.client.grab(packetId, { password: 'no' })).toEqual({
        outcome: 'not_open',
        opensAt: opensAtMs,
      });
    }
    await brand.opened(campaignId, dropId);
    const won = await a!.client.grab(packetId, { password: PHRASE });
    expect(won.outcome).toBe('won');
    expect(await a!.client.grab(packetId, { password: 'no' })).toEqual({ ...won, outcome: 'already' });
    expect(await a!.client.grab(packetId)).toEqual({ ...won, outcome: 'already' });
    expect(await said(b!.client.grab(packetId, { password: PHRASE }))).toBe('won');
    expect(await said(c!.client.grab(packetId, { password: 'no' }))).toBe('password');
    expect(await said(c!.client.grab(packetId, { password: PHRASE }))).toBe('tries');
    const late = await someone();
    expect(await said(late.client.grab(packetId, { password: PHRASE }))).toBe('empty');
  });
});

describe('a packet with a password in a room', () => {
  it('keeps it to itself, and asks for it', async () => {
    const [sender, guest] = await people(2);
    const roomId = await fundedRoom(sender!.person, [guest!.person], 1_000);
    await sender!.client.joinRoom(roomId);
    const dropped = heard(sender!.client, 'packet:dropped', (packet) => packet.roomId === roomId);
    const terms = { roomId, kind: 'fixed', amount: 100, count: 1, currency: 'CNY' } as const;
    const gates = [{ kind: 'password', phrase: PHRASE } as const];
    const { packet } = await sender!.client.sendPacket({ ...terms, gates });
    expect((await dropped).gates).toEqual([{ kind: 'password' }]);
    const { packets: inRoom } = await guest!.client.joinRoom(roomId);
    expect(inRoom.map((one) => one.gates)).toEqual([[{ kind: 'password' }]]);
    expect(await said(guest!.client.grab(packet.packetId, { password: 'no' }))).toBe('password');
    expect(await said(guest!.client.grab(packet.packetId, { password: 'ｄｒａｇｏｎ端午2026' }))).toBe('won');
  });
});

describe('what is right', () => {
  const SECRETS = [
    PHRASE,
    'dragon端午2026',
    String(PLACE.lat),
    String(PLACE.lng),
    MEMBER,
    '"answer"',
    '"salt"',
    '"phrase"',
  ];
  const secretsIn = (text: string) => SECRETS.filter((secret) => text.includes(secret));

  it('is in no frame and no answer that anyone got, before, during or after', async () => {
    const { person, client } = await someone();
    const { packets: listed } = await client.packetsList();
    for (const name of Object.keys(GATES) as Name[]) {
      expect(listed.map(({ packetId }) => packetId)).toContain(packets[name]);
      await client.inspect(packets[name]);
    }
    await brand.post(`/campaigns/${campaignId}/cancel`);
    const closedIds = () =>
      frames
        .flat()
        .filter((frame) => frame.includes('packet:closed'))
        .join();
    await until('all closed', () =>
      Object.values(packets).every((packetId) => closedIds().includes(packetId)),
    );
    const bodies = await Promise.all(
      Object.values(packets).flatMap((packetId) =>
        ['', '/proof', '/claims'].map(async (part) =>
          JSON.stringify((await call(url, person.token, 'GET', `/packets/${packetId}${part}`)).body),
        ),
      ),
    );
    const pushed = frames.flat();
    for (const event of ['packet:announced', 'packet:dropped', 'packet:progressed', 'packet:closed']) {
      expect(pushed.some((frame) => frame.includes(event))).toBe(true);
    }
    // The claims of a members packet name its winner, who is the one member.
    const shown = [...pushed, ...bodies].map((text) =>
      text.replaceAll(new RegExp(`"(userId|name)":"${MEMBER}"`, 'g'), ''),
    );
    expect(shown.flatMap(secretsIn)).toEqual([]);
    expect(secretsIn(JSON.stringify(await brand.get(`/campaigns/${campaignId}/drops`)))).toEqual(
      expect.arrayContaining([PHRASE, String(PLACE.lat), String(PLACE.lng), MEMBER, '"answer"']),
    );
    console.info(
      `gates: ${SECRETS.length} secrets looked for in ${pushed.length} frames and ${bodies.length} bodies`,
    );
  });
});
