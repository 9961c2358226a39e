import { HongbaoClient, HttpClient } from '@app/client';

interface Person {
  userId: string;
  name: string;
  token: string;
  http: HttpClient;
  client: HongbaoClient;
}

const STORIES = {
  zh: {
    room: '陈家大院',
    family: ['外婆', '陈建国', '阿杰', '表姐'],
    viewer: '小美',
    arrival: [
      [0, '年夜饭好了，都回来吃！'],
      [1, '路上呢，还有十分钟'],
      [4, '外婆新年好！'],
    ],
    first: '岁岁平安，阖家团圆',
    second: '恭喜发财，大吉大利',
    third: '手气最佳来一个',
    thanks: [
      [3, '谢谢外婆！'],
      [2, '该我发啦！'],
    ],
  },
  en: {
    room: 'The Chen family',
    family: ['Grandma', 'Uncle Bo', 'Jay', 'Lan'],
    viewer: 'Mei Chen',
    arrival: [
      [0, 'Dinner is ready, come home!'],
      [1, 'Ten minutes away'],
      [4, 'Happy New Year, Grandma!'],
    ],
    first: 'Peace and plenty',
    second: 'Good luck to all of you',
    third: 'My turn: health and joy',
    thanks: [
      [3, 'Thank you, Grandma!'],
      [2, 'Now it is my turn!'],
    ],
  },
} as const;

export interface Scene {
  language: keyof typeof STORIES;
  viewer: Person;
  roomId: string;
  /** The greeting of the packet that `finish` leaves open. */
  last: string;
  /** The others take what the viewer left of the second packet and say thanks; the next one falls. */
  finish(): Promise<void>;
  leave(): void;
}

async function signIn(url: string, name: string): Promise<Person> {
  const userId = `u_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const { token } = await new HttpClient({ url }).devToken({ userId, name });
  const client = await HongbaoClient.connect({ url, token });
  return { userId, name, token, client, http: new HttpClient({ url, token }) };
}

/** A family in a room of its own: a packet that is finished, and one that waits for the viewer to open it. */
export async function gather(url: string, language: Scene['language']): Promise<Scene> {
  const story = STORIES[language];
  const people = await Promise.all([...story.family, story.viewer].map((name) => signIn(url, name)));
  const [host, uncle, cousin, sister, viewer] = people as [Person, Person, Person, Person, Person];
  const { roomId } = await host.http.createRoom(story.room);
  await host.http.addMembers(
    roomId,
    people.map(({ userId }) => userId),
  );
  await Promise.all(people.map(({ client }) => client.joinRoom(roomId)));
  await Promise.all(
    people.map(({ http }) => http.topUp({ amount: 10_000, currency: 'CNY', provider: 'sandbox' })),
  );
  const say = async (lines: readonly (readonly [number, string])[]) => {
    for (const [who, text] of lines) await people[who]!.client.postMessage(roomId, text);
  };
  const send = async (by: Person, amount: number, count: number, greeting: string) => {
    const { packet } = await by.client.sendPacket({
      ...{ roomId, kind: 'lucky', amount, count, currency: 'CNY', greeting },
    });
    return packet.packetId;
  };
  await say(story.arrival);
  const first = await send(uncle, 1_800, 3, story.first);
  for (const { client } of [host, cousin, sister]) await client.grab(first);
  const second = await send(host, 8_800, 5, story.second);
  for (const { client } of [cousin, uncle]) await client.grab(second);
  return {
    ...{ language, viewer, roomId, last: story.third },
    async finish() {
      for (const { client } of [sister, host]) await client.grab(second);
      await say(story.thanks);
      const third = await send(cousin, 6_600, 6, story.third);
      for (const { client } of [uncle, sister]) await client.grab(third);
    },
    leave() {
      for (const { client } of people) client.close();
    },
  };
}
