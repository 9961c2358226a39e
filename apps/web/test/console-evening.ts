import sharp from 'sharp';
import type { CreateDrop, GateView, PacketView } from '@app/contracts';
import type { HongbaoClient } from '@app/client';
import { signIn, signInMany, until, type TestPerson } from '@app/testing';
import { BrandScene } from './console-scene.js';

const PEOPLE = 90;
/** Some know the answer, some try again, some never get it. */
const KNOWING = 0.7;
const THINKING_MS_MAX = 9_000;
const MINUTE_MS = 60_000;

const STORIES = {
  zh: {
    brand: '五芳斋',
    owner: '陈小美',
    list: '金卡会员',
    running: '端午答题夜',
    greeting: '端午安康，粽享好运',
    question: '端午节是为了纪念谁？',
    right: '屈原',
    wrong: ['李白', '孔子'],
    plan: '除夕红包雨',
    planGreeting: '岁岁平安，阖家团圆',
    draft: '元宵猜灯谜',
    over: '中秋试水',
    tier: '金卡会员',
    phrase: '恭喜发财',
    hint: '新年见面第一句',
  },
  en: {
    brand: 'Wufangzhai',
    owner: 'Mei Chen',
    list: 'Gold members',
    running: 'Dragon Boat quiz night',
    greeting: 'A lucky Dragon Boat Festival',
    question: 'Whom does Dragon Boat Festival remember?',
    right: 'Qu Yuan',
    wrong: ['Li Bai', 'Confucius'],
    plan: 'New Year rain',
    planGreeting: 'Peace and plenty',
    draft: 'Lantern riddles',
    over: 'Mid-Autumn trial',
    tier: 'Gold members',
    phrase: 'good fortune',
    hint: 'What one says at New Year',
  },
} as const;

type Story = (typeof STORIES)[keyof typeof STORIES];

export interface Evening {
  owner: TestPerson;
  brand: BrandScene;
  /** A campaign that runs now, with people who grab, and one that is planned. */
  runningId: string;
  planId: string;
  /** Resolves when the people have nothing left to do. */
  played: Promise<unknown>;
  leave(): void;
}

const COVER = `<svg xmlns="http://www.w3.org/2000/svg" width="750" height="1250">
<defs><radialGradient id="g" cx="50%" cy="30%" r="90%"><stop stop-color="#d8453a"/><stop offset="1" stop-color="#7d110e"/></radialGradient></defs>
<rect width="750" height="1250" fill="url(#g)"/>
<g fill="none" stroke="#f3cd82" stroke-width="5" opacity=".55">${[120, 190, 260, 330].map((r) => `<circle cx="375" cy="980" r="${r}"/>`).join('')}</g>
<g fill="#2f6b3f" stroke="#1d4a2a" stroke-width="6"><path d="M375 700 L585 1060 Q375 1150 165 1060 Z"/></g>
<path d="M375 700 L430 1095 Q375 1110 320 1095 Z" fill="#3f8a52"/>
<path d="M215 985 Q375 1050 535 985" fill="none" stroke="#f3cd82" stroke-width="16"/>
<circle cx="375" cy="1018" r="26" fill="#f3cd82"/></svg>`;

function quizOf({ question, right, wrong }: Story): NonNullable<CreateDrop['gates']> {
  return [{ kind: 'quiz', questions: [{ text: question, options: [wrong[0], right, wrong[1]], answer: 1 }] }];
}

function evening(days: number, hour: number, minute = 0): number {
  const at = new Date();
  at.setDate(at.getDate() + days);
  return at.setHours(hour, minute, 0, 0);
}

const iso = (ms: number) => new Date(ms).toISOString();

async function planEvening(
  brand: BrandScene,
  story: Story,
  coverId: string,
  audienceId: string,
): Promise<string> {
  const [startsAt, endsAt] = [evening(2, 20), evening(2, 23)];
  const planId = await brand.campaign({
    ...{ name: story.plan, greeting: story.planGreeting, coverId, budget: 8_888_800 },
    ...{
      startsAt: iso(startsAt),
      endsAt: iso(endsAt),
      caps: { claimsPerPerson: 5, amountPerDay: 8_000_000 },
    },
  });
  const drop = (minute: number, fields: Partial<CreateDrop>) =>
    brand.drop(planId, evening(2, 20, minute) - Date.now(), {
      announceSeconds: 300,
      expiresInSeconds: 1_800,
      ...fields,
    });
  await drop(0, { packet: { kind: 'lucky', amount: 1_888_800, count: 10_000 } });
  await drop(30, { packet: { kind: 'lucky', amount: 888_800, count: 5_000 }, gates: quizOf(story) });
  await drop(75, {
    packet: { kind: 'lucky', amount: 3_000_000, count: 60_000 },
    rain: { rounds: 3, roundSeconds: 15, gapSeconds: 20, catchesPerRound: 2 },
  });
  await drop(120, {
    packet: { kind: 'fixed', amount: 1_000_000, count: 2_000 },
    gates: [{ kind: 'password', phrase: story.phrase, hint: story.hint }],
    tiers: [{ name: story.tier, audienceId, packet: { kind: 'fixed', amount: 600_000, count: 600 } }],
  });
  return planId;
}

async function runningNow(
  brand: BrandScene,
  story: Story,
  coverId: string,
  audienceId: string,
): Promise<string> {
  const now = Date.now();
  const runningId = await brand.campaign({
    ...{ name: story.running, greeting: story.greeting, coverId, budget: 50_000 },
    ...{ startsAt: iso(now - 1_000), endsAt: iso(now + 1.25 * MINUTE_MS) },
  });
  const drop = (inMs: number, fields: Partial<CreateDrop>) =>
    brand.drop(runningId, inMs, {
      audience: { kind: 'list', audienceId },
      announceSeconds: 3,
      expiresInSeconds: 20,
      ...fields,
    });
  await drop(7_000, { packet: { kind: 'lucky', amount: 20_000, count: 50 }, gates: quizOf(story) });
  await drop(18_000, { packet: { kind: 'lucky', amount: 18_000, count: 60 } });
  await drop(50_000, { packet: { kind: 'fixed', amount: 10_000, count: 50 } });
  await brand.post(`/campaigns/${runningId}/schedule`);
  return runningId;
}

/** What one person answers: right, or wrong at first, or wrong for good. */
function answersTo(packet: PacketView<number>, story: Story, knows: boolean) {
  const quiz = packet.gates?.find((gate): gate is GateView & { kind: 'quiz' } => gate.kind === 'quiz');
  if (!quiz) return undefined;
  return {
    quiz: quiz.questions.map(({ question, options }) => ({
      question,
      option: options.find(({ text }) => (text === story.right) === knows)!.option,
    })),
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function play(client: HongbaoClient, packet: PacketView<number>, story: Story): Promise<void> {
  await pause(Math.random() ** 2 * THINKING_MS_MAX);
  const first = await client.grab(packet.packetId, answersTo(packet, story, Math.random() < KNOWING));
  if (first.outcome !== 'not_eligible' || Math.random() < 0.4) return;
  await pause(Math.random() * 2_000);
  await client.grab(packet.packetId, answersTo(packet, story, Math.random() < KNOWING));
}

/** A brand on the evening of its campaign. */
export async function prepareEvening(url: string, language: keyof typeof STORIES): Promise<Evening> {
  const story = STORIES[language];
  const owner = await signIn(url, 'mei');
  const people = await signInMany(url, PEOPLE, 'guest');
  const brand = await BrandScene.found(url, owner, story.brand);
  await brand.topUp(20_000_000);
  const coverId = await brand.cover(await sharp(Buffer.from(COVER)).png().toBuffer());
  const audienceId = await brand.list(
    story.list,
    people.map(({ userId }) => userId),
  );
  const clients = await Promise.all(people.map((person) => person.connect()));
  const plays: Promise<void>[] = [];
  for (const client of clients) {
    client.on('packet:dropped', (packet) => void plays.push(play(client, packet, story).catch(() => {})));
  }
  const over = await brand.campaign({ name: story.over, budget: 300_000 });
  await brand.drop(over, 1_800_000);
  await brand.post(`/campaigns/${over}/schedule`);
  await brand.post(`/campaigns/${over}/cancel`);
  await brand.campaign({
    name: story.draft,
    budget: 1_200_000,
    startsAt: iso(evening(9, 19)),
    endsAt: iso(evening(9, 22)),
  });
  const planId = await planEvening(brand, story, coverId, audienceId);
  const runningId = await runningNow(brand, story, coverId, audienceId);
  return {
    ...{ owner: { ...owner, name: story.owner }, brand, runningId, planId },
    played: until('two drops were played', () => plays.length >= PEOPLE * 1.9 && Promise.all(plays), 60_000),
    leave: () => {
      for (const client of clients) client.close();
    },
  };
}
