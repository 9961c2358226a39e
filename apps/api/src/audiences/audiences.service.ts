import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import {
  AUDIENCE_BYTES_MAX,
  RefusalError,
  type AudienceUpload,
  type AudienceView,
  type Identity,
  type TenantRole,
} from '@app/contracts';
import { AUDIENCE_CHUNK_IDS, findAudience, listAudiences, storeAudience } from '@app/ledger';
import { ApiParts } from '../parts.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { linesOf } from './lines.js';
import { ListCheck } from './list-check.js';

const MAKERS: readonly TenantRole[] = ['owner', 'marketer'];
const VIEWERS: readonly TenantRole[] = ['owner', 'marketer', 'viewer'];

/** Each takes a core for seconds and a connection to Postgres for as long as the upload lasts. */
const UPLOADS_MAX = 2;
const BUSY_RETRY_MS = 5_000;
const ISSUES_MAX = 5;

export interface Upload {
  name: string;
  body: Readable;
  /** Undefined: not known ahead. */
  bytes: number | undefined;
}

/** Lists of users that a tenant's drops can be for. To people outside, `not_found`. */
@Injectable()
export class AudiencesService {
  private underWay = 0;

  constructor(
    private readonly parts: ApiParts,
    private readonly tenants: TenantsService,
  ) {}

  async mayUpload(caller: Identity, given: string | undefined): Promise<string> {
    return this.tenants.tenantOfCaller(caller, given, MAKERS);
  }

  /** Line by line, as it arrives. Nothing is kept of an upload that breaks off or is refused. */
  async upload(
    { userId }: Identity,
    tenantId: string,
    { name, body, bytes = 0 }: Upload,
  ): Promise<AudienceUpload> {
    if (bytes > AUDIENCE_BYTES_MAX) throw new RefusalError('payload_too_large');
    if (this.underWay >= UPLOADS_MAX) throw new RefusalError('busy', { retryAfterMs: BUSY_RETRY_MS });
    this.underWay += 1;
    const audienceId = uuidv7();
    const check = new ListCheck();
    try {
      const audience = { audienceId, tenantId, name, createdBy: userId };
      const accepted = await storeAudience(this.parts.dataSource, audience, acceptedIds(body, check));
      return { audienceId, accepted, rejected: check.rejected, rejectedCount: check.rejectedCount };
    } finally {
      this.underWay -= 1;
    }
  }

  async list(
    caller: Identity,
    given: string | undefined,
    limit: number,
    offset: number,
  ): Promise<AudienceView[]> {
    const tenantId = await this.tenants.tenantOfCaller(caller, given, VIEWERS);
    return listAudiences(this.parts.dataSource, tenantId, limit, offset);
  }

  async view(caller: Identity, audienceId: string): Promise<AudienceView> {
    const audience = await findAudience(this.parts.dataSource, audienceId);
    if (!audience) throw new RefusalError('not_found');
    await this.tenants.assertRole(caller, audience.tenantId, VIEWERS);
    return audience;
  }
}

/** Throws `invalid_request` at the end when there was none, with the first lines and what is wrong with them. */
async function* acceptedIds(body: Readable, check: ListCheck): AsyncGenerator<string[]> {
  let ids: string[] = [];
  for await (const lines of linesOf(upToTheLimit(body))) {
    for (const line of lines) {
      const id = check.take(line);
      if (id !== undefined) ids.push(id);
      if (ids.length < AUDIENCE_CHUNK_IDS) continue;
      yield ids;
      ids = [];
    }
  }
  if (ids.length > 0) yield ids;
  if (check.accepted > 0) return;
  const faults = check.rejected.slice(0, ISSUES_MAX);
  throw new RefusalError('invalid_request', {
    issues:
      faults.length > 0
        ? faults.map(({ line, reason }) => ({ path: `line ${line}`, message: reason }))
        : [{ path: 'body', message: 'must have at least one user id' }],
  });
}

async function* upToTheLimit(body: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  // A body that is left half read must not close the connection that the refusal is to go out on.
  for await (const piece of body.iterator({ destroyOnReturn: false })) {
    bytes += (piece as Buffer).length;
    if (bytes > AUDIENCE_BYTES_MAX) throw new RefusalError('payload_too_large');
    yield piece as Buffer;
  }
}
