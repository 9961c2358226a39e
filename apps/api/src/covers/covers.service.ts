import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  coverUrl,
  RefusalError,
  type CoverFields,
  type CoverView,
  type Identity,
  type TenantRole,
} from '@app/contracts';
import { ApiParts } from '../parts.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { convertPicture } from './picture.js';

const MAKERS: readonly TenantRole[] = ['owner', 'marketer'];
const VIEWERS: readonly TenantRole[] = ['owner', 'marketer', 'viewer'];

const COLUMNS = `cover_id AS "coverId", tenant_id AS "tenantId", width, height, valid_from AS "validFrom",
  valid_until AS "validUntil", uses_max AS "usesMax", uses, created_at AS "createdAt"`;

interface Row extends Pick<CoverView, 'coverId' | 'tenantId' | 'width' | 'height' | 'uses'> {
  validFrom: Date | null;
  validUntil: Date | null;
  usesMax: number | null;
  createdAt: Date;
}

/** The pictures that a tenant's packets carry. To people outside, `not_found`. */
@Injectable()
export class CoversService {
  constructor(
    private readonly parts: ApiParts,
    private readonly tenants: TenantsService,
  ) {}

  async create(caller: Identity, fields: CoverFields, upload: Buffer | undefined): Promise<CoverView> {
    const tenantId = await this.tenants.tenantOfCaller(caller, fields.tenantId, MAKERS);
    const { validFrom, validUntil, usesMax } = fields;
    if (!upload) throw refused('image', 'must be a picture in a field of multipart/form-data');
    if (validFrom && validUntil && Date.parse(validUntil) <= Date.parse(validFrom))
      throw refused('validUntil', 'must be after validFrom');
    const { image, width, height } = await convertPicture(upload);
    const rows = await this.parts.dataSource.query<Row[]>(
      `INSERT INTO covers (cover_id, tenant_id, image, width, height, valid_from, valid_until, uses_max, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
      [
        ...[randomUUID(), tenantId, image, width, height],
        ...[validFrom ?? null, validUntil ?? null, usesMax ?? null, caller.userId],
      ],
    );
    return view(rows[0]!);
  }

  /** Newest first. */
  async list(
    caller: Identity,
    given: string | undefined,
    limit: number,
    offset: number,
  ): Promise<CoverView[]> {
    const tenantId = await this.tenants.tenantOfCaller(caller, given, VIEWERS);
    const rows = await this.parts.dataSource.query<Row[]>(
      `SELECT ${COLUMNS} FROM covers WHERE tenant_id = $1 ORDER BY created_at DESC, cover_id LIMIT $2 OFFSET $3`,
      [tenantId, limit, offset],
    );
    return rows.map(view);
  }

  async view(caller: Identity, coverId: string): Promise<CoverView> {
    const rows = await this.parts.dataSource.query<Row[]>(
      `SELECT ${COLUMNS} FROM covers WHERE cover_id = $1`,
      [coverId],
    );
    if (!rows[0]) throw new RefusalError('not_found');
    await this.tenants.assertRole(caller, rows[0].tenantId, VIEWERS);
    return view(rows[0]);
  }
}

function view({
  coverId,
  tenantId,
  width,
  height,
  validFrom,
  validUntil,
  usesMax,
  uses,
  createdAt,
}: Row): CoverView {
  return {
    ...{ coverId, tenantId, url: coverUrl(coverId), width, height },
    ...(validFrom ? { validFrom: validFrom.toISOString() } : {}),
    ...(validUntil ? { validUntil: validUntil.toISOString() } : {}),
    ...(usesMax === null ? {} : { usesMax }),
    ...{ uses, createdAt: createdAt.toISOString() },
  };
}

function refused(path: string, message: string): RefusalError {
  return new RefusalError('invalid_request', { issues: [{ path, message }] });
}
