import { randomUUID } from 'node:crypto';
import { request, type ClientRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { AUDIENCE_BYTES_MAX, AUDIENCE_IDS_MAX, type AudienceView, type Problem } from '@app/contracts';
import { makeDataSource, readAudience } from '@app/ledger';
import { signIn, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url, env } = serviceUnderTest();
let dataSource: DataSource;

beforeAll(async () => {
  dataSource = await makeDataSource(env.DATABASE_URL!, 2, 'audiences-test').initialize();
});
afterAll(() => dataSource.destroy());

async function answerOf(response: Response) {
  // Shapes differ by call; each test says what it expects of them.
  const body = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, body, code: (body as Problem).code };
}

async function call(person: TestPerson, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'application/json' };
  return answerOf(
    await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) }),
  );
}

type Body = string | Uint8Array | ReadableStream<Uint8Array>;

async function upload(person: TestPerson, body: Body, query = '', headers: object = {}) {
  const response = await fetch(`${url}/api/v1/audiences${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${person.token}`, 'content-type': 'text/csv', ...headers },
    body,
    ...{ duplex: 'half' },
  });
  return answerOf(response);
}

async function brand(): Promise<{ owner: TestPerson; tenantId: string }> {
  const owner = await signIn(url, 'brand');
  const { tenantId } = (await call(owner, 'POST', '/tenants', { name: '五芳斋' })).body;
  return { owner, tenantId };
}

async function idsOf(audienceId: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const chunk of readAudience(dataSource, audienceId)) ids.push(...chunk);
  return ids;
}

const storedFor = async (tenantId: string) => {
  const [row] = await dataSource.query<{ lists: number; chunks: number }[]>(
    `SELECT count(DISTINCT audience_id) AS lists, count(c.chunk) AS chunks
     FROM audiences LEFT JOIN audience_chunks c USING (audience_id) WHERE tenant_id = $1`,
    [tenantId],
  );
  return row;
};

/** Uploads whose transaction waits for more lines. */
async function underWay(): Promise<number> {
  const [row] = await dataSource.query<{ count: number }[]>(
    `SELECT count(*) AS count FROM pg_stat_activity
     WHERE state = 'idle in transaction' AND query LIKE 'INSERT INTO audience%'`,
  );
  return row!.count;
}

/** An upload that is sent by hand, and whose end is up to the test. */
function begin(person: TestPerson, first: string): { http: ClientRequest; answer: Promise<number> } {
  const headers = { authorization: `Bearer ${person.token}`, 'content-type': 'text/csv' };
  const http = request(`${url}/api/v1/audiences`, { method: 'POST', headers });
  const answer = new Promise<number>((resolve) => {
    http.on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    http.on('error', () => resolve(0));
  });
  http.write(first);
  return { http, answer };
}

describe('a list of user ids', () => {
  it('is read line by line, and names each line that is refused', async () => {
    const { owner, tenantId } = await brand();
    const csv =
      '\ufeff"user_id"\r\nalice\r\n\r\n"bob@shop"\rcarol\nal ice\n=1+1\nalice\n' +
      `${'x'.repeat(70_000)}\n你好\nd.e-f`;
    const { status, body } = await upload(
      owner,
      csv,
      `?tenantId=${tenantId}&name=${encodeURIComponent('端午')}`,
    );
    expect([status, body]).toEqual([
      201,
      {
        ...{ audienceId: expect.any(String), accepted: 4, rejectedCount: 5 },
        rejected: [
          { line: 6, reason: 'invalid_user_id' },
          { line: 7, reason: 'invalid_user_id' },
          { line: 8, reason: 'duplicate' },
          { line: 9, reason: 'invalid_user_id' },
          { line: 10, reason: 'invalid_user_id' },
        ],
      },
    ]);
    expect(await idsOf(body.audienceId)).toEqual(['alice', 'bob@shop', 'carol', 'd.e-f']);
    const view = {
      audienceId: body.audienceId,
      tenantId,
      name: '端午',
      count: 4,
      createdAt: expect.any(String),
    };
    expect((await call(owner, 'GET', `/audiences/${body.audienceId}`)).body).toEqual(view);
    expect((await call(owner, 'GET', '/audiences')).body).toEqual([view]);
  });

  it('may come as plain text, and is called by the day when it has no name', async () => {
    const { owner } = await brand();
    const { status, body } = await upload(owner, 'a\nb', '', { 'content-type': 'text/plain; charset=utf-8' });
    expect([status, body.accepted]).toEqual([201, 2]);
    const view: AudienceView = (await call(owner, 'GET', `/audiences/${body.audienceId}`)).body;
    expect(view.name).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it.each([
    ['nothing', '', {}, 'body'],
    ['blank lines and a header', '\n\nuser_id\n\n', {}, 'body'],
    ['no id at all', 'a b\n=x\n你\n4 4\n5 5\n6 6\n', {}, 'line 1'],
    ['JSON', '["a"]', { 'content-type': 'application/json' }, 'Content-Type'],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 'Content-Type'],
    ['no type', new Uint8Array([97]), { 'content-type': '' }, 'Content-Type'],
    ['something packed', 'a', { 'content-encoding': 'gzip' }, 'Content-Encoding'],
  ] as [string, Body, object, string][])('of %s is refused', async (_what, body, headers, path) => {
    const { owner, tenantId } = await brand();
    const answer = await upload(owner, body, '', headers);
    expect([answer.status, answer.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.issues[0]).toMatchObject({ path });
    expect(answer.body.issues.length).toBeLessThanOrEqual(5);
    expect(await storedFor(tenantId)).toEqual({ lists: 0, chunks: 0 });
  });

  it('belongs to the people of its tenant, is made by its marketers, and does not exist for anyone else', async () => {
    const { owner, tenantId } = await brand();
    const other = await brand();
    const [viewer, nobody] = [await signIn(url, 'brand'), await signIn(url)];
    await call(owner, 'POST', `/tenants/${tenantId}/members`, { userId: viewer.userId, role: 'viewer' });
    const { audienceId } = (await upload(owner, 'a')).body;
    expect((await upload(viewer, 'a', `?tenantId=${tenantId}`)).code).toBe('forbidden');
    expect((await call(viewer, 'GET', `/audiences/${audienceId}`)).status).toBe(200);
    const refused = [
      upload(other.owner, 'a', `?tenantId=${tenantId}`),
      upload(nobody, 'a', `?tenantId=${tenantId}`),
      call(other.owner, 'GET', `/audiences/${audienceId}`),
      call(other.owner, 'GET', `/audiences?tenantId=${tenantId}`),
      call(owner, 'GET', `/audiences/${randomUUID()}`),
    ];
    for (const { status, code } of await Promise.all(refused))
      expect([status, code]).toEqual([404, 'not_found']);
    expect((await upload(nobody, 'a')).body.issues).toMatchObject([{ path: 'tenantId' }]);
  });
});

describe('an upload', () => {
  it('that breaks off leaves nothing behind and makes room for the next', async () => {
    const { owner, tenantId } = await brand();
    const lines = Array.from({ length: 50_000 }, (_, k) => `user-${k}\n`).join('');
    for (let k = 0; k < 3; k += 1) {
      const { http, answer } = begin(owner, lines);
      await until('it is under way', async () => (await underWay()) === 1);
      http.destroy();
      expect(await answer).toBe(0);
      await until('it is given up', async () => (await underWay()) === 0);
    }
    expect((await upload(owner, 'a')).status).toBe(201);
    expect(await storedFor(tenantId)).toEqual({ lists: 1, chunks: 1 });
  });

  it('is one of two at once; a third is told to come again', async () => {
    const { owner } = await brand();
    const two = [begin(owner, 'a\n'), begin(owner, 'b\n')];
    await until('both are under way', async () => (await underWay()) === 2);
    const third = await upload(owner, 'c');
    expect(third).toMatchObject({ status: 503, code: 'busy', body: { retryAfterMs: 5_000 } });
    const large = await upload(owner, Buffer.alloc(20_000_000, 'user-12345\n'));
    expect(large.code).toBe('busy');
    for (const { http } of two) http.end('z');
    expect(await Promise.all(two.map(({ answer }) => answer))).toEqual([201, 201]);
    expect((await upload(owner, 'c')).status).toBe(201);
  });

  it('over the limit is refused before it is read when it says so, else when it gets there', async () => {
    const { owner, tenantId } = await brand();
    const headers = { authorization: `Bearer ${owner.token}`, 'content-type': 'text/csv' };
    const said = await new Promise<number>((resolve, reject) => {
      const long = { ...headers, 'content-length': String(AUDIENCE_BYTES_MAX + 1) };
      const http = request(`${url}/api/v1/audiences`, { method: 'POST', headers: long }, ({ statusCode }) => {
        resolve(statusCode!);
        http.destroy();
      });
      http.on('error', reject);
      http.write('a\n');
    });
    expect(said).toBe(413);
    const piece = new Uint8Array(1_000_000).fill(120);
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += piece.length;
        if (sent > AUDIENCE_BYTES_MAX + 2_000_000) controller.close();
        else controller.enqueue(piece);
      },
    });
    expect((await upload(owner, endless)).code).toBe('payload_too_large');
    expect(await storedFor(tenantId)).toEqual({ lists: 0, chunks: 0 });
    expect((await upload(owner, 'a')).status).toBe(201);
  });

  it('of 1,000,000 ids comes through the gateway; time and memory are printed', async () => {
    const { owner } = await brand();
    const id = (k: number) => `user-${String(k).padStart(7, '0')}`;
    const lines = Array.from({ length: AUDIENCE_IDS_MAX + 3 }, (_, k) => id(k));
    const csv = Buffer.from(`user_id\n${lines.join('\n')}\n${id(7)}\n`);
    const rss = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${env.API_PORT}/metrics`)).text();
      return Number(/^process_resident_memory_bytes\{app="api"\} (\S+)$/m.exec(text)![1]);
    };
    await upload(owner, 'warm');
    const before = await rss();
    let peak = before;
    let slowestMs = 0;
    const startedMs = performance.now();
    let done = false;
    const answered = upload(owner, csv).finally(() => (done = true));
    while (!done) {
      const askedMs = performance.now();
      peak = Math.max(peak, await rss());
      slowestMs = Math.max(slowestMs, performance.now() - askedMs);
    }
    const { status, body } = await answered;
    const seconds = (performance.now() - startedMs) / 1_000;
    expect([status, body.accepted]).toEqual([201, AUDIENCE_IDS_MAX]);
    expect(body.rejected).toEqual([
      { line: AUDIENCE_IDS_MAX + 2, reason: 'too_many' },
      { line: AUDIENCE_IDS_MAX + 3, reason: 'too_many' },
      { line: AUDIENCE_IDS_MAX + 4, reason: 'too_many' },
      { line: AUDIENCE_IDS_MAX + 5, reason: 'duplicate' },
    ]);
    const megabytes = (bytes: number) => Math.round(bytes / 1e6);
    const [stored] = await dataSource.query<{ bytes: number; chunks: number }[]>(
      `SELECT sum(length(ids_gzip))::bigint AS bytes, count(*) AS chunks FROM audience_chunks WHERE audience_id = $1`,
      [body.audienceId],
    );
    console.log(
      `1,000,000 ids, ${megabytes(csv.length)} MB: ${seconds.toFixed(1)} s; api RSS ${megabytes(before)} MB before, ` +
        `${megabytes(peak)} MB at most; another call meanwhile at most ${Math.round(slowestMs)} ms; ` +
        `stored in ${stored!.chunks} chunks, ${(stored!.bytes / 1e6).toFixed(1)} MB`,
    );
    expect(await idsOf(body.audienceId)).toEqual(lines.slice(0, AUDIENCE_IDS_MAX));
    expect(seconds).toBeLessThan(30);
  });
});
