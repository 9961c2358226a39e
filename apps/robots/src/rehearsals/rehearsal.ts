import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from '@app/client';
import { castOf, RefusalError, type Gate, type PlayRehearsalJob } from '@app/contracts';
import type { Tokens } from '@app/identity';
import { quietly, type Logger } from '@app/observability';
import { robotName } from '../lines.js';
import { Player } from './player.js';
import { Tries, type Try } from './tries.js';

const TICK_MS = 100;
const LOOK_MS = 1_000;
/** Past the end of the campaign, for a worker that is late and clocks that differ. */
const AFTER_END_MS = 20_000;

export interface RehearsalParts {
  url: string;
  tokens: Tokens;
  logger: Logger;
}

/** One rehearsal with its robots, from their coming to its end. */
export class Rehearsal {
  private readonly outcomes: Record<string, number> = {};
  private readonly leaving = new AbortController();
  private readonly onError: (what: string, error: Error) => void;
  private players: Player[] = [];
  private readonly tries: Tries;
  private readonly cast;

  constructor(
    private readonly parts: RehearsalParts,
    private readonly job: PlayRehearsalJob,
  ) {
    const { rehearsalId } = job;
    this.onError = quietly((what, error) =>
      parts.logger.warn({ rehearsalId, what, err: error }, 'a robot could not'),
    );
    // Each robot listens to it while it waits; Node warns of ten.
    setMaxListeners(0, this.leaving.signal);
    this.cast = castOf(job);
    this.tries = new Tries(
      this.cast.map(({ isSure }) => isSure),
      Math.random,
    );
  }

  /**
   * Resolves when the rehearsal is over: ended or cancelled as the api says, or past its time. Rejects when `signal` is
   * aborted first. Either way every robot has left.
   */
  async play(signal: AbortSignal): Promise<void> {
    const { logger } = this.parts;
    const { rehearsalId } = this.job;
    const http = await this.asMarketer();
    let ticking: NodeJS.Timeout | undefined;
    try {
      const gates = await this.untilKnown(signal, () => gatesByDrop(http, rehearsalId));
      if (!gates) return;
      await this.bring(gates);
      ticking = setInterval(() => this.tick(), TICK_MS);
      logger.info({ rehearsalId, robots: this.players.length }, 'robots are on their way to a rehearsal');
      await this.untilKnown(signal, async () => ((await isOver(http, rehearsalId)) ? 'over' : undefined));
    } finally {
      clearInterval(ticking);
      const connected = this.players.filter(({ isConnected }) => isConnected).length;
      this.leaving.abort();
      for (const player of this.players) player.leave();
      logger.info({ rehearsalId, connected, outcomes: this.outcomes }, 'robots leave a rehearsal');
    }
  }

  /** Asks each second until there is an answer; undefined when there is no more time, or nothing left to ask for. */
  private async untilKnown<T>(
    signal: AbortSignal,
    look: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    while (Date.now() < this.job.endsAtMs + AFTER_END_MS) {
      signal.throwIfAborted();
      try {
        const found = await look();
        if (found !== undefined) return found;
      } catch (error) {
        if (error instanceof RefusalError && error.code === 'not_found') return undefined;
        this.onError('ask the api', error as Error);
      }
      await sleep(LOOK_MS, undefined, { signal });
    }
    return undefined;
  }

  /** Reads the campaign in the name of its brand: robots themselves may see no more than people do. */
  private async asMarketer(): Promise<HttpClient> {
    const { tokens, url } = this.parts;
    const { rehearsalId, tenantId } = this.job;
    const userId = `robot.${rehearsalId.slice(-8)}.director`;
    const attributes = { rehearsal: rehearsalId };
    const token = await tokens.sign({ userId, role: 'marketer', tenantId, attributes });
    return new HttpClient({ url, token });
  }

  private async bring(gates: ReadonlyMap<string, readonly Gate[]>): Promise<void> {
    const { tokens, url } = this.parts;
    const { rehearsalId } = this.job;
    this.players = await Promise.all(
      this.cast.map(async ({ userId, tier }, robot) => {
        const attributes = { rehearsal: rehearsalId, tier };
        const token = await tokens.sign({ userId, name: robotName(robot + 1), attributes });
        return new Player({
          ...{ url, token, gates, rehearsalId },
          onDropped: (packet) => this.tries.dropped(robot, packet, Date.now()),
          onClosed: (packetId) => this.tries.closed(packetId),
          onError: (error) => this.onError('join', error),
        });
      }),
    );
    for (const player of this.players) void player.come(this.leaving.signal);
  }

  private tick(): void {
    for (const due of this.tries.due(Date.now())) void this.carryOut(due);
  }

  private async carryOut({ robot, packetId, answers }: Try): Promise<void> {
    try {
      const result = await this.players[robot]!.grab(packetId, answers);
      const word = result?.reason ?? result?.outcome ?? 'away';
      this.outcomes[word] = (this.outcomes[word] ?? 0) + 1;
      this.tries.answered(robot, packetId, result, Date.now());
    } catch (error) {
      if (this.leaving.signal.aborted) return;
      // It is not meant for this robot after all.
      if (error instanceof RefusalError && error.code === 'not_found') return;
      this.onError('grab', error as Error);
      this.tries.answered(robot, packetId, undefined, Date.now());
    }
  }
}

async function isOver(http: HttpClient, rehearsalId: string): Promise<boolean> {
  const { state } = await http.campaign(rehearsalId);
  return state === 'ended' || state === 'cancelled';
}

/** Null when it is over. */
async function gatesByDrop(
  http: HttpClient,
  rehearsalId: string,
): Promise<Map<string, readonly Gate[]> | null> {
  if (await isOver(http, rehearsalId)) return null;
  const drops = await http.drops(rehearsalId);
  return new Map(drops.map(({ dropId, gates }) => [dropId, gates]));
}
