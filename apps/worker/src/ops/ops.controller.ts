import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import type { Response } from 'express';
import { WorkerParts } from '../parts.js';

interface Readiness {
  status: 'ok' | 'not ready';
  checks: Record<string, boolean>;
}

@Controller()
export class OpsController {
  constructor(private readonly parts: WorkerParts) {}

  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when claims can be settled and every slot's gate is open. */
  @Get('readyz')
  @HttpCode(200)
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const [postgres, gatesOpen] = await Promise.all([
      this.parts.dataSource.query('SELECT 1').then(
        () => true,
        () => false,
      ),
      this.parts.store.shutSlots().then(
        ({ slots }) => slots.length === 0,
        () => false,
      ),
    ]);
    const checks = { postgres, packetStore: this.parts.store.connected, gatesOpen };
    const ok = Object.values(checks).every(Boolean);
    if (!ok) response.status(503);
    return { status: ok ? 'ok' : 'not ready', checks };
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    response.type('text/plain; version=0.0.4').send(await this.parts.metrics.textWith([]));
  }

  @Get('internal/metrics')
  metricsAsJson(): Promise<unknown> {
    return this.parts.metrics.asJson();
  }
}
