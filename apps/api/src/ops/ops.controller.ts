import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../auth/auth.guard.js';
import { ApiParts } from '../parts.js';

const CHECK_MS_MAX = 2_000;

@ApiExcludeController()
@Controller()
@Public()
export class OpsController {
  constructor(private readonly parts: ApiParts) {}

  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when money can be moved: Postgres answers and the packet store is connected. */
  @Get('readyz')
  @HttpCode(200)
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: string; checks: Record<string, boolean> }> {
    const postgres = await within(this.parts.dataSource.query('SELECT 1'));
    const checks = { postgres, packetStore: this.parts.store.connected };
    const ok = Object.values(checks).every(Boolean);
    if (!ok) response.status(503);
    return { status: ok ? 'ok' : 'not ready', checks };
  }

  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    response.type('text/plain; version=0.0.4').send(await this.parts.metrics.textWith([]));
  }

  /** For the gateway, which shows the metrics of all processes on the one port. */
  @Get('internal/metrics')
  metricsAsJson(): Promise<unknown> {
    return this.parts.metrics.asJson();
  }
}

async function within(check: Promise<unknown>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), CHECK_MS_MAX).unref());
  return Promise.race([
    check.then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
