import type { Options } from 'k6/options';
import { Agenda } from '../../lib/agenda.ts';
import { socketMetrics } from '../../lib/metrics.ts';
import { Socket, type Answer, type SocketObserver } from '../../lib/socketio.ts';

// Every case has sockets of its own and says what it saw as a line of JSON; the test knows what it should have been.
const { PLAIN, KILLED, SILENT, NOBODY } = __ENV as Record<string, string>;

export const options: Options = { iterations: 1, vus: 1, thresholds: {} };

const ANSWER_MS_MAX = 300;
const metrics = socketMetrics();
const say = (about: string, saw: unknown) => console.log(JSON.stringify({ about, saw }));
const agenda = new Agenda((error) => say('thrown', String(error)));

function socketFor(
  target: string,
  auth: Record<string, unknown>,
  observer: SocketObserver = metrics,
): Socket {
  const backoffMs = { first: 100, most: 400 };
  return new Socket({
    ...{ target, auth, agenda, observer, backoffMs },
    answerMsMax: ANSWER_MS_MAX,
    connectMsMax: 2_000,
  });
}

/** Runs `play` on the first connection. */
function once(socket: Socket, play: (socket: Socket) => Promise<void>): void {
  let isFirst = true;
  socket.onConnected = () => {
    if (!isFirst) return;
    isFirst = false;
    play(socket).catch((error: unknown) => say('thrown', String(error)));
  };
  socket.connect();
}

const plain = (name: string) => ({ token: 'good', name });
const bare = ({ kind, ...rest }: Answer) => ({ kind, why: 'why' in rest ? rest.why : undefined });
const valueOf = (answer: Answer) => (answer.kind === 'answered' ? answer.value : answer);

export default function client(): void {
  asks();
  deadlines();
  events();
  stays();
  hungUp();
  killed();
  silent();
  refused();
  nobody();
  closedWhileAsking();
}

function asks(): void {
  once(socketFor(PLAIN!, plain('asks')), async (socket) => {
    say('handshake', valueOf(await socket.request('who', {})));
    const echoed: unknown[] = [];
    for (const payload of [{ text: '恭喜发财 🧧 "quoted" \\ \n' }, [1, [2]], 'plain', null, 0.5, {}])
      echoed.push(valueOf(await socket.request('echo', payload)));
    say('echoes', echoed);
    const atOnce = await Promise.all(Array.from({ length: 50 }, (_, k) => socket.request('echo', k)));
    say('fifty at once', atOnce.map(valueOf));
    say('no arguments', (await socket.request('nothing', {})) satisfies Answer);
    socket.close();
    say('closed', await socket.request('echo', 1));
  });
}

function deadlines(): void {
  let late = 0;
  const observer = {
    ...metrics,
    late: () => {
      late += 1;
      metrics.late();
    },
  };
  once(socketFor(PLAIN!, plain('deadlines'), observer), async (socket) => {
    const askedMs = Date.now();
    const never = await socket.request('never', {});
    say('never', { ...bare(never), tookMs: never.atMs - askedMs });
    const slow = await socket.request('slow', { ms: 450 });
    // Asked before the slow one's answer comes, and answered after it.
    const next = await socket.request('slow', { ms: 250, value: 'mine' });
    say('late', { slow: slow.kind, next: valueOf(next), late });
    socket.close();
  });
}

function events(): void {
  const heard: unknown[] = [];
  const received: string[] = [];
  const threw: string[] = [];
  const observer = {
    ...metrics,
    received: (event: string, atMs: number) => {
      received.push(event);
      metrics.received(event, atMs);
    },
    threw: (e: unknown) => threw.push(String(e)),
  };
  const socket = socketFor(PLAIN!, plain('events'), observer);
  socket.on('消息', (payload, atMs) => heard.push([payload, Math.abs(atMs - Date.now()) < 1_000]));
  socket.on('消息', () => {
    throw new Error('a listener broke');
  });
  socket.onText('消息', (text) => heard.push(text));
  once(socket, async () => {
    const after = await socket.request('tell me things', {});
    say('events', { heard, received, threw, after: valueOf(after), stands: socket.isConnected });
    socket.close();
  });
}

/** Longer than pingInterval + pingTimeout of the server, several times. */
function stays(): void {
  const socket = socketFor(PLAIN!, plain('stays'));
  let losses = 0;
  socket.onLost = () => (losses += 1);
  once(socket, async () => {
    agenda.after(1_600, () => {
      socket.ask('who', {}, (answer) => {
        say('stays', { losses, answer: answer.kind });
        socket.close();
      });
    });
  });
}

function hungUp(): void {
  for (const how of ['namespace', 'transport']) {
    const socket = socketFor(PLAIN!, plain(`hung up ${how}`));
    let losses = 0;
    socket.onLost = () => (losses += 1);
    socket.onConnected = ({ again, sinceMs }) => {
      if (!again) {
        socket.emit('hang up', how);
        return;
      }
      say(`hung up ${how}`, { losses, awayMs: Date.now() - sinceMs });
      socket.close();
    };
    socket.connect();
  }
}

/** The server is killed with requests under way, is away for a while, and comes back at the same place. */
function killed(): void {
  const failures: string[] = [];
  const socket = socketFor(KILLED!, plain('killed'));
  socket.onFailed = (why) => failures.push(why);
  let pending: Answer | undefined;
  socket.onConnected = ({ again, sinceMs }) => {
    if (!again) {
      socket.ask('never', {}, (answer) => (pending = answer));
      socket.emit('kill', {});
      return;
    }
    say('killed', { pending, failures, awayMs: Date.now() - sinceMs });
    socket.close();
  };
  socket.connect();
}

/** It takes the handshake, says how often it pings, and never does. */
function silent(): void {
  const socket = socketFor(SILENT!, {});
  let connectedMs = 0;
  socket.onConnected = () => {
    connectedMs ||= Date.now();
  };
  socket.onLost = () => {
    say('silent', { stoodMs: Date.now() - connectedMs });
    socket.close();
  };
  socket.connect();
}

function refused(): void {
  const socket = socketFor(PLAIN!, { token: 'bad' });
  socket.onRefused = (refusal) => {
    say('refused', refusal);
    // Nothing comes by itself; asked for, it is tried again.
    socket.onRefused = () => say('refused again', socket.isConnected);
    socket.connect();
  };
  socket.connect();
}

function nobody(): void {
  const socket = socketFor(NOBODY!, {});
  let failures = 0;
  socket.onFailed = (why) => {
    failures += 1;
    if (failures < 3) return;
    say('nobody', { failures, why });
    socket.close();
  };
  socket.connect();
}

function closedWhileAsking(): void {
  once(socketFor(PLAIN!, plain('closing')), async (socket) => {
    const answer = socket.request('never', {});
    socket.close();
    say('closed while asking', bare(await answer));
  });
}
