import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Of what a connection carries: to the server, or back. */
export type Way = 'up' | 'down';

/** One client's connection through the proxy. */
export interface Relayed {
  /** Ends both halves with a reset, as a machine that went away does. */
  reset(): void;
}

/** What becomes of a chunk: `drop` loses it, `hold` keeps it and all that comes after it on this connection. */
export type Fate = 'pass' | 'drop' | 'hold';
export type Watcher = (chunk: Buffer, way: Way, connection: Relayed) => Fate;

export interface FaultProxy {
  port: number;
  /** `targetUrl` with the proxy's address in it. */
  url: string;
  /** From now on each byte on its way to the server comes so many milliseconds later; 0: at once. Order is kept. */
  delay(ms: number): void;
  /** A black hole: connections stand and can be made, nothing gets through either way, and nothing is lost. */
  hold(): void;
  /** As usual again, also for what was held. */
  pass(): Promise<void>;
  /** Breaks all connections; new ones are welcome. */
  reset(): void;
  /** From now on nothing gets through those that stand, for ever and without a word; new ones are as usual. */
  forget(): void;
  /** Refuses and breaks connections until `pass`. */
  cut(): Promise<void>;
  /** Shows every chunk to `watcher`, until told otherwise. */
  watch(watcher: Watcher | undefined): void;
  stop(): Promise<void>;
}

/** Beyond this much waiting for its time a sender is made to wait, too. */
const WAITING_BYTES_MAX = 4 << 20;

/** A TCP proxy on 127.0.0.1 before a server, in which faults of a network can be switched on and off. */
export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  const target = new URL(targetUrl);
  const state: Switches = { delayMs: 0, holding: false, watcher: undefined };
  const connections = new Set<Connection>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const connection = new Connection(near, far, state, () => connections.delete(connection));
    connections.add(connection);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(targetUrl);
  url.port = String(port);
  const reset = () => {
    for (const connection of connections) connection.reset();
  };
  const close = async () => {
    const closed = server.listening
      ? new Promise<void>((resolve) => server.close(() => resolve()))
      : undefined;
    reset();
    await closed;
  };
  return {
    port,
    url: url.href,
    delay(ms) {
      state.delayMs = ms;
    },
    hold() {
      state.holding = true;
    },
    async pass() {
      state.holding = false;
      for (const connection of connections) connection.release();
      if (!server.listening) await listen(port);
    },
    reset,
    forget() {
      for (const connection of connections) connection.forget();
    },
    cut: close,
    watch(watcher) {
      state.watcher = watcher;
    },
    stop: close,
  };
}

interface Switches {
  delayMs: number;
  holding: boolean;
  watcher: Watcher | undefined;
}

class Connection implements Relayed {
  private readonly lanes: Lane[];
  private forgotten = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    switches: Switches,
    onGone: () => void,
  ) {
    this.lanes = [new Lane(near, far, switches, 'up', this), new Lane(far, near, switches, 'down', this)];
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay(true);
      // Broken, and not only at its end: then the other half is broken too, and what waited is lost.
      socket.on('error', () => other.resetAndDestroy());
      // Not before both are gone: what is held for one outlives the other.
      socket.on('close', () => other.closed && onGone());
    }
  }

  reset(): void {
    this.near.resetAndDestroy();
    this.far.resetAndDestroy();
  }

  release(): void {
    if (!this.forgotten) for (const lane of this.lanes) lane.release();
  }

  forget(): void {
    this.forgotten = true;
    for (const lane of this.lanes) lane.stick();
  }
}

/** One way of a connection: a queue, for timers of fractions of a millisecond don't keep their order. */
class Lane {
  private readonly waiting: { dueMs: number; chunk: Buffer | undefined }[] = [];
  private bytes = 0;
  private stuck = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly switches: Switches,
    private readonly way: Way,
    private readonly connection: Relayed,
  ) {
    from.on('data', (chunk) => this.take(chunk));
    from.on('end', () => this.push(undefined));
  }

  stick(): void {
    this.stuck = true;
  }

  release(): void {
    this.stuck = false;
    this.forward();
  }

  private take(chunk: Buffer): void {
    const fate = this.switches.watcher?.(chunk, this.way, this.connection) ?? 'pass';
    if (fate === 'drop') return;
    if (fate === 'hold') this.stuck = true;
    this.push(chunk);
  }

  /** Undefined: the end. */
  private push(chunk: Buffer | undefined): void {
    const delayMs = this.way === 'up' ? this.switches.delayMs : 0;
    const dueMs = Math.max(this.waiting.at(-1)?.dueMs ?? 0, performance.now() + delayMs);
    this.waiting.push({ dueMs, chunk });
    this.bytes += chunk?.length ?? 0;
    if (this.bytes > WAITING_BYTES_MAX) this.from.pause();
    this.forward();
  }

  private forward(): void {
    clearTimeout(this.timer);
    if (this.stuck || this.switches.holding) return;
    while (this.waiting.length > 0 && this.waiting[0]!.dueMs <= performance.now()) {
      const { chunk } = this.waiting.shift()!;
      this.bytes -= chunk?.length ?? 0;
      if (this.to.destroyed) return;
      if (chunk) this.to.write(chunk);
      else this.to.end();
    }
    if (this.bytes <= WAITING_BYTES_MAX) this.from.resume();
    if (this.waiting.length === 0) return;
    // Not a moment early: a timer may fire before its millisecond is over.
    this.timer = setTimeout(() => this.forward(), Math.max(1, this.waiting[0]!.dueMs - performance.now()));
  }
}
