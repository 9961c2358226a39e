import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { COVER_BYTES_MAX, type CoverView, type Problem } from '@app/contracts';
import { signIn, signInMany, until, type TestPerson } from '@app/testing';
import { serviceUnderTest } from '../../launcher/test/service-under-test.js';

const { url } = serviceUnderTest();

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

type Parts = Record<string, string | Blob | Blob[]>;

async function upload(person: TestPerson, parts: Parts) {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) {
    for (const one of Array.isArray(part) ? part : [part]) form.append(name, one as string);
  }
  const headers = { authorization: `Bearer ${person.token}` };
  return answerOf(await fetch(`${url}/api/v1/covers`, { method: 'POST', headers, body: form }));
}

const file = (bytes: Uint8Array | string, name = 'cover.png', type = 'image/png') =>
  new File([Buffer.from(bytes)], name, { type });
const pixels = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c8102e' } });
const [onePixel, photo] = [await pixels(1, 1).png().toBuffer(), await pixels(500, 500).jpeg().toBuffer()];
const png = file(await pixels(20, 10).png().toBuffer());

async function brand(): Promise<{ owner: TestPerson; tenantId: string }> {
  const owner = await signIn(url, 'brand');
  const { tenantId } = (await call(owner, 'POST', '/tenants', { name: '五芳斋' })).body;
  return { owner, tenantId };
}

describe('a cover', () => {
  it('is kept small, upright and without its metadata, and anyone who has its address sees it', async () => {
    const { owner, tenantId } = await brand();
    const holiday = pixels(2_000, 1_000)
      .jpeg()
      .withExif({ IFD0: { Make: 'a camera' } })
      .withMetadata({ orientation: 6 });
    const { status, body } = await upload(owner, {
      image: file(await holiday.toBuffer(), 'holiday.jpg', 'image/jpeg'),
      ...{ validFrom: '2026-01-01T00:00:00+08:00', validUntil: '2036-01-01T00:00:00Z', usesMax: '3' },
    });
    expect([status, body]).toEqual([
      201,
      {
        ...{
          coverId: expect.any(String),
          tenantId,
          url: `/covers/${body.coverId}.webp`,
          width: 625,
          height: 1_250,
        },
        ...{ validFrom: '2025-12-31T16:00:00.000Z', validUntil: '2036-01-01T00:00:00.000Z' },
        ...{ usesMax: 3, uses: 0, createdAt: expect.any(String) },
      },
    ]);
    const response = await fetch(`${url}${body.url}`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    const picture = Buffer.from(await response.arrayBuffer());
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'webp', width: 625, height: 1_250 });
    expect(picture.includes('a camera')).toBe(false);
    const unchanged = { 'if-none-match': response.headers.get('etag')!, 'cache-control': 'max-age=0' };
    expect((await fetch(`${url}${body.url}`, { headers: unchanged })).status).toBe(304);
  });

  it('is told by its content, whatever its name', async () => {
    const { owner } = await brand();
    const named = file(await pixels(8, 8).webp().toBuffer(), '../../etc/x.html', 'text/html');
    expect((await upload(owner, { image: named })).status).toBe(201);
  });

  it.each([
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['nothing', ''],
    ['a truncated JPEG', photo.subarray(0, 500)],
    ['a PNG that claims 100,000 pixels each way', claiming(onePixel, 100_000)],
  ])('is not made of %s in a file called .png', async (_what, content) => {
    const { owner } = await brand();
    const { status, code, headers } = await upload(owner, { image: file(content) });
    expect([status, code]).toEqual([400, 'not_an_image']);
    expect(headers.get('content-type')).toContain('application/problem+json');
  });

  it('of more than 5 MB is refused, also when only the picture itself shows how large it is', async () => {
    const { owner } = await brand();
    for (const bytes of [COVER_BYTES_MAX + 1, COVER_BYTES_MAX * 4]) {
      const { status, code } = await upload(owner, { image: file(new Uint8Array(bytes)) });
      expect([status, code]).toEqual([413, 'payload_too_large']);
    }
    expect((await upload(owner, { image: file(new Uint8Array(COVER_BYTES_MAX)) })).code).toBe('not_an_image');
    expect((await upload(owner, { image: png })).status).toBe(201);
  });

  it.each([
    ['no picture', { usesMax: '1' }, 'image'],
    ['text for a picture', { image: 'x' }, 'image'],
    ['a picture under another name', { picture: png }, 'picture'],
    ['two pictures', { image: [png, png] }, 'image'],
    [
      'an end before its beginning',
      { image: png, validFrom: '2030-01-02T00:00:00Z', validUntil: '2030-01-01T00:00:00Z' },
      'validUntil',
    ],
    ['no use', { image: png, usesMax: '0' }, 'usesMax'],
    ['uses that are no number', { image: png, usesMax: 'many' }, 'usesMax'],
    ['an instant without a zone', { image: png, validFrom: '2030-01-02 10:00' }, 'validFrom'],
    ['a field we do not know', { image: png, role: 'owner' }, ''],
    ['a tenant that is none', { image: png, tenantId: `' OR 1=1` }, 'tenantId'],
    ['a field of a megabyte', { image: png, validFrom: 'x'.repeat(1_000_000) }, 'validFrom'],
  ] as [string, Parts, string][])(
    'with %s is refused by the name of the field',
    async (_what, parts, path) => {
      const { owner } = await brand();
      const { status, code, body } = await upload(owner, parts);
      expect([status, code]).toEqual([400, 'invalid_request']);
      expect(body.issues).toMatchObject([{ path }]);
    },
  );

  it('is asked for in a form, and a broken form or another body is a bad request', async () => {
    const { owner } = await brand();
    const headers = { authorization: `Bearer ${owner.token}` };
    const send = async (type: string, body: string) =>
      answerOf(
        await fetch(`${url}/api/v1/covers`, {
          method: 'POST',
          headers: { ...headers, 'content-type': type },
          body,
        }),
      );
    const answers = [
      await send('application/json', '{}'),
      await send('multipart/form-data', 'x'),
      await send(
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\nx',
      ),
      await send('multipart/form-data; boundary=b', 'nothing of the kind'),
    ];
    for (const { status, code } of answers) expect([status, code]).toEqual([400, 'invalid_request']);
    const name = `--b\r\nContent-Disposition: form-data; name="__proto__[polluted]"\r\n\r\nyes\r\n--b--\r\n`;
    expect((await send('multipart/form-data; boundary=b', name)).code).toBe('invalid_request');
  });
});

describe('the OpenAPI document', () => {
  it('says what stands in the form of a cover, the picture too', async () => {
    const { body } = await answerOf(await fetch(`${url}/api/docs-json`));
    const form = body.paths['/api/v1/covers'].post.requestBody.content['multipart/form-data'].schema;
    expect(form.properties).toMatchObject({
      ...{
        image: { type: 'string', format: 'binary' },
        tenantId: {},
        validFrom: {},
        validUntil: {},
        usesMax: {},
      },
    });
  });
});

describe('uploads', () => {
  it('are eight at once in a process; the ninth is told to come again, and those that break off make room', async () => {
    const { owner } = await brand();
    const type = 'multipart/form-data; boundary=b';
    const headers = { authorization: `Bearer ${owner.token}`, 'content-type': type };
    const held = Array.from({ length: 9 }, () => {
      const http = request(`${url}/api/v1/covers`, { method: 'POST', headers });
      const answer = new Promise<number>((resolve) => {
        http.on('response', ({ statusCode }) => resolve(statusCode!));
        http.on('error', () => resolve(0));
      });
      http.write('--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\nx');
      return { http, answer };
    });
    expect(await Promise.race(held.map(({ answer }) => answer))).toBe(503);
    for (const { http } of held) http.destroy();
    expect((await Promise.all(held.map(({ answer }) => answer))).toSorted()).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 503,
    ]);
    await until('there is room', async () => (await upload(owner, { image: png })).status === 201);
  });
});

describe('the covers of a brand', () => {
  it('are made by its owners and marketers, seen by all its people, and do not exist for anyone else', async () => {
    const { owner, tenantId } = await brand();
    const [marketer, viewer] = await signInMany(url, 2, 'brand');
    const other = await brand();
    const nobody = await signIn(url);
    await call(owner, 'POST', `/tenants/${tenantId}/members`, { userId: marketer!.userId, role: 'marketer' });
    await call(owner, 'POST', `/tenants/${tenantId}/members`, { userId: viewer!.userId, role: 'viewer' });
    const { coverId } = (await upload(marketer!, { image: png })).body as CoverView;
    expect((await upload(viewer!, { image: png })).code).toBe('forbidden');
    for (const person of [owner, marketer!, viewer!]) {
      expect((await call(person, 'GET', `/covers/${coverId}`)).body).toMatchObject({
        coverId,
        tenantId,
        uses: 0,
      });
      expect((await call(person, 'GET', '/covers')).body).toMatchObject([{ coverId }]);
    }
    const refused = [
      upload(other.owner, { image: png, tenantId }),
      upload(nobody, { image: png, tenantId }),
      call(other.owner, 'GET', `/covers/${coverId}`),
      call(other.owner, 'GET', `/covers?tenantId=${tenantId}`),
      call(owner, 'GET', `/covers/${randomUUID()}`),
    ];
    for (const { status, code } of await Promise.all(refused))
      expect([status, code]).toEqual([404, 'not_found']);
    expect((await call(nobody, 'GET', '/covers')).body.issues).toMatchObject([{ path: 'tenantId' }]);
    expect((await call(other.owner, 'GET', '/covers')).body).toEqual([]);
  });

  it('are listed newest first, a page at a time', async () => {
    const { owner } = await brand();
    const made: string[] = [];
    for (let k = 0; k < 3; k += 1) made.unshift((await upload(owner, { image: png })).body.coverId);
    const first = await call(owner, 'GET', '/covers?limit=2');
    const rest = await call(owner, 'GET', `/covers?limit=2&cursor=${first.headers.get('x-next-cursor')}`);
    const ids = [...first.body, ...rest.body].map((cover: CoverView) => cover.coverId);
    expect(ids).toEqual(made);
    expect(rest.headers.get('x-next-cursor')).toBeNull();
  });
});

describe('the address of a cover', () => {
  it.each([`${randomUUID()}.webp`, `${randomUUID()}.png`, 'x.webp', '', '..%2f..%2fetc%2fpasswd', 'a/b'])(
    'that leads nowhere is a problem and not a page: %s',
    async (name) => {
      const response = await fetch(`${url}/covers/${name}`, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect((await response.json()) as Problem).toMatchObject({ code: 'not_found' });
    },
  );
});

/** The PNG with another width and height in its header, and the sum of the header as it must be. */
function claiming(picture: Buffer, side: number): Buffer {
  const claim = Buffer.from(picture);
  claim.writeUInt32BE(side, 16);
  claim.writeUInt32BE(side, 20);
  claim.writeUInt32BE(crc32(claim.subarray(12, 29)), 29);
  return claim;
}
