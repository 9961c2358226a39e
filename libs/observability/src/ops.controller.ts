import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { Metrics } from './metrics.js';

/** What a process's own probes need. */
export interface Ops {
  metrics: Metrics;
  /** What must hold for the process to serve; a check that rejects, or takes too long, does not hold. */
  checks: Record<string, () => boolean | Promise<boolean>>;
  /** What a person would ask next, such as which packets are kept back; shown with the checks, left out when it can't be had. */
  details?: () => Promise<Record<string, unknown>>;
  /** Processes whose metrics are shown together with these. */
  others?: string[];
}

export const OPS = Symbol('ops');

interface Readiness {
  status: 'ok' | 'not ready';
  checks: Record<string, boolean>;
  [detail: string]: unknown;
}

const CHECK_MS_MAX = 2_000;

/** `/healthz` alive, `/readyz` can serve, `/metrics` Prometheus text with the label `app` for each process. */
@Controller()
export class OpsController {
  constructor(@Inject(OPS) private readonly ops: Ops) {}

  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const names = Object.keys(this.ops.checks);
    const [held, details] = await Promise.all([
      Promise.all(names.map((name) => holds(this.ops.checks[name]!))),
      inTime(this.ops.details),
    ]);
    const ok = held.every(Boolean);
    response.status(ok ? 200 : 503);
    return {
      status: ok ? 'ok' : 'not ready',
      checks: Object.fromEntries(names.map((name, k) => [name, held[k]!])),
      ...details,
    };
  }

  /** A process that does not answer is left out. */
  @Get('metrics')
  async metrics(@Res() response: Response): Promise<void> {
    const others = await Promise.all((this.ops.others ?? []).map(scrape));
    const text = await this.ops.metrics.textWith(others.filter((other) => other !== undefined));
    response.type('text/plain; version=0.0.4').send(text);
  }

  /** For the gateway, which shows the metrics of all processes on the one port. */
  @Get('internal/metrics')
  metricsAsJson(): Promise<unknown> {
    return this.ops.metrics.asJson();
  }
}

async function holds(check: () => boolean | Promise<boolean>): Promise<boolean> {
  return (await inTime(check)) ?? false;
}

/** Undefined when it fails, or takes too long. */
async function inTime<T>(look: (() => T | Promise<T>) | undefined): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) =>
    setTimeout(() => resolve(undefined), CHECK_MS_MAX).unref(),
  );
  const looked = Promise.resolve().then(() => look?.());
  return Promise.race([looked.catch(() => undefined), late]);
}

/** True when the process at `url` says that it is ready. */
export async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(CHECK_MS_MAX) })).ok;
}

async function scrape(url: string): Promise<unknown> {
  try {
    const answer = await fetch(`${url}/internal/metrics`, { signal: AbortSignal.timeout(CHECK_MS_MAX) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
