import type { Options } from 'k6/options';
import { Agenda } from '../../lib/agenda.ts';
import { Socket, type Answer } from '../../lib/socketio.ts';

const { TARGET, TOKEN, SENDER, ROOM } = __ENV as Record<string, string>;

export const options: Options = { iterations: 1, vus: 1 };

const say = (about: string, saw: unknown) => console.log(JSON.stringify({ about, saw }));
const agenda = new Agenda((error) => say('thrown', String(error)));
const socketOf = (token: string) => new Socket({ target: TARGET!, auth: { token }, agenda });

function valueOf<T>(answer: Answer): T {
  if (answer.kind === 'unanswered') throw new Error(`no answer: ${answer.why}`);
  if (answer.text.startsWith('[{"error":')) throw new Error(answer.text);
  return answer.value as T;
}

/** One person sends, the other grabs twice; a third has no token that is any good. */
export default async function gateway(): Promise<void> {
  const [sender, grabber, stranger] = [socketOf(SENDER!), socketOf(TOKEN!), socketOf(`${TOKEN}x`)];
  try {
    const refused = refusalOf(stranger);
    await Promise.all([sender, grabber].map(connected));
    await sendAndGrab(sender, grabber);
    say('refused', await refused);
  } catch (error) {
    say('thrown', String(error));
  } finally {
    for (const socket of [sender, grabber, stranger]) socket.close();
  }
}

async function sendAndGrab(sender: Socket, grabber: Socket): Promise<void> {
  const { room } = valueOf<{ room: { roomId: string } }>(
    await grabber.request('room:join', { roomId: ROOM }),
  );
  say('joined', room.roomId);
  const dropped = heard<{ packetId: string; greeting: string }>(grabber, 'packet:dropped');
  const paid = heard<{ entry: { amount: number; packetId: string } }>(grabber, 'wallet:changed');
  const packet = {
    roomId: ROOM,
    kind: 'fixed',
    amount: 1_000,
    count: 2,
    currency: 'CNY',
    greeting: '恭喜发财',
  };
  const sent = valueOf<{ packet: { packetId: string } }>(
    await sender.request('packet:send', { ...packet, idempotencyKey: `k6-${Date.now()}` }),
  );
  const { packetId, greeting } = await dropped;
  say('dropped', { greeting, hasSame: packetId === sent.packet.packetId });
  for (const about of ['first', 'second'])
    say(about, valueOf<unknown>(await grabber.request('packet:grab', { packetId })));
  say('paid', { amount: (await paid).entry.amount });
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.onConnected = () => resolve();
    socket.connect();
  });
}

function refusalOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.onRefused = resolve;
    socket.connect();
  });
}

function heard<T>(socket: Socket, event: string): Promise<T> {
  return new Promise((resolve) => socket.on(event, (payload) => resolve(payload as T)));
}
