import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { DataSource } from 'typeorm';
import type { AudienceView } from '@app/contracts';

/** Ids in one chunk, the last one apart: about 240 KB of text, so that reading or writing one costs milliseconds. */
export const AUDIENCE_CHUNK_IDS = 20_000;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

export interface AudienceToStore {
  audienceId: string;
  tenantId: string;
  name: string;
  createdBy: string;
}

/**
 * Stores a list of user ids as it arrives, in one transaction: when `chunks` throws, nothing of it is left. Takes each
 * chunk as given, so they should be of AUDIENCE_CHUNK_IDS. Answers how many ids there are.
 */
export async function storeAudience(
  dataSource: DataSource,
  { audienceId, tenantId, name, createdBy }: AudienceToStore,
  chunks: AsyncIterable<string[]>,
): Promise<number> {
  return dataSource.transaction(async (manager) => {
    await manager.query(
      `INSERT INTO audiences (audience_id, tenant_id, name, count, created_by) VALUES ($1, $2, $3, 0, $4)`,
      [audienceId, tenantId, name, createdBy],
    );
    let chunk = 0;
    let count = 0;
    for await (const ids of chunks) {
      await manager.query(`INSERT INTO audience_chunks (audience_id, chunk, ids_gzip) VALUES ($1, $2, $3)`, [
        audienceId,
        chunk,
        await zip(ids.join('\n')),
      ]);
      chunk += 1;
      count += ids.length;
    }
    await manager.query(`UPDATE audiences SET count = $2 WHERE audience_id = $1`, [audienceId, count]);
    return count;
  });
}

/** The user ids of a list, a chunk at a time, in the order in which they were uploaded. Nothing for an unknown list. */
export async function* readAudience(dataSource: DataSource, audienceId: string): AsyncGenerator<string[]> {
  for (let chunk = 0; ; chunk += 1) {
    const [row] = await dataSource.query<{ zipped: Buffer }[]>(
      `SELECT ids_gzip AS zipped FROM audience_chunks WHERE audience_id = $1 AND chunk = $2`,
      [audienceId, chunk],
    );
    if (!row) return;
    yield (await unzip(row.zipped)).toString('latin1').split('\n');
  }
}

const COLUMNS = `audience_id AS "audienceId", tenant_id AS "tenantId", name, count, created_at AS "createdAt"`;
type Row = Omit<AudienceView, 'createdAt'> & { createdAt: Date };

export async function findAudience(
  dataSource: DataSource,
  audienceId: string,
): Promise<AudienceView | undefined> {
  const rows = await dataSource.query<Row[]>(`SELECT ${COLUMNS} FROM audiences WHERE audience_id = $1`, [
    audienceId,
  ]);
  return rows.map(view)[0];
}

/** The lists of a tenant, newest first. */
export async function listAudiences(
  dataSource: DataSource,
  tenantId: string,
  limit: number,
  offset: number,
): Promise<AudienceView[]> {
  const rows = await dataSource.query<Row[]>(
    `SELECT ${COLUMNS} FROM audiences WHERE tenant_id = $1 ORDER BY created_at DESC, audience_id LIMIT $2 OFFSET $3`,
    [tenantId, limit, offset],
  );
  return rows.map(view);
}

function view({ createdAt, ...row }: Row): AudienceView {
  return { ...row, createdAt: createdAt.toISOString() };
}
