import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { Response } from 'express';
import { GatewayParts } from '../parts.js';

const SCRAPE_MS_MAX = 2_000;

/** On the one port that a person needs: this process is alive, can serve, and the metrics of all processes together. */
@Controller()
export class OpsController {
  constructor(private readonly parts: GatewayParts) {}

  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when grabs can be decided and the api is ready. */
  @Get('readyz')
  @HttpCode(200)
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: string; checks: Record<string, boolean> }> {
    const { store, config } = this.parts;
    const [api, gatesOpen] = await Promise.all([
      fetch(`${config.API_URL}/readyz`, { signal: AbortSignal.timeout(SCRAPE_MS_MAX) }).then(
        (answer) => answer.ok,
        () => false,
      ),
      store.shutSlots().then(
        ({ slots }) => slots.length === 0,
        () => false,
      ),
    ]);
    const checks = { api, packetStore: store.connected, gatesOpen };
    const ok = Object.values(checks).every(Boolean);
    if (!ok) response.status(503);
    return { status: ok ? 'ok' : 'not ready', checks };
  }

  /** Prometheus text; each process's own figures carry the label `app`. One that does not answer is left out. */
  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const { config, metrics } = this.parts;
    const others = await Promise.all([config.API_URL, config.WORKER_URL].map(scrape));
    response
      .type('text/plain; version=0.0.4')
      .send(await metrics.textWith(others.filter((other) => other !== undefined)));
  }
}

async function scrape(url: string): Promise<unknown> {
  try {
    const answer = await fetch(`${url}/internal/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS_MAX) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
