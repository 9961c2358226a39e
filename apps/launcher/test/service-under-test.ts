import { inject } from 'vitest';

export interface ServiceUnderTest {
  url: string;
  /** The settings that its processes got: DATABASE_URL, REDIS_URL, JWT_SECRET and all others. */
  env: Record<string, string>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** One for each worker of the project. */
    services: ServiceUnderTest[];
    /** Of the first, for a project of one worker. */
    serviceUrl: string;
    serviceEnv: Record<string, string>;
  }
}

/**
 * The service of the worker that runs this file. Two files at once have two services: what is global in one (drops for
 * everyone, limits of a process, its audit) is never another file's doing.
 */
export function serviceUnderTest(): ServiceUnderTest {
  const worker = Number(process.env.VITEST_POOL_ID);
  const service = inject('services')[worker - 1];
  if (!service) throw new Error(`no service for worker ${worker}`);
  return service;
}
