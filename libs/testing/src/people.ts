import { randomUUID } from 'node:crypto';
import { HongbaoClient, HttpClient } from '@app/client';

/** Someone signed in, with an id that no other test has. */
export interface TestPerson {
  userId: string;
  name: string;
  token: string;
  http: HttpClient;
  connect(): Promise<HongbaoClient>;
}

export async function signIn(serviceUrl: string, prefix = 'u'): Promise<TestPerson> {
  const userId = `${prefix}-${randomUUID().slice(0, 13)}`;
  const name = `${prefix} ${userId.slice(-4)}`;
  const { token } = await new HttpClient({ url: serviceUrl }).devToken({ userId, name });
  return {
    userId,
    name,
    token,
    http: new HttpClient({ url: serviceUrl, token }),
    connect: () => HongbaoClient.connect({ url: serviceUrl, token }),
  };
}

export function signInMany(serviceUrl: string, count: number, prefix = 'u'): Promise<TestPerson[]> {
  return Promise.all(Array.from({ length: count }, () => signIn(serviceUrl, prefix)));
}

/** A room of `owner` with `members`; the owner's wallet holds `amount` fen. */
export async function fundedRoom(owner: TestPerson, members: TestPerson[], amount: number): Promise<string> {
  const { roomId } = await owner.http.createRoom('a test room');
  for (let from = 0; from < members.length; from += 1_000) {
    await owner.http.addMembers(
      roomId,
      members.slice(from, from + 1_000).map((member) => member.userId),
    );
  }
  if (amount > 0) await owner.http.topUp({ amount, currency: 'CNY', provider: 'sandbox' });
  return roomId;
}

export async function availableOf(person: TestPerson): Promise<number> {
  const { balances } = await person.http.wallet();
  return balances.find(({ currency }) => currency === 'CNY')?.available ?? 0;
}
