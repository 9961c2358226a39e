import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type BrowserContext, type Page, type WebSocketRoute } from 'playwright-core';
import { ensureChromium } from '@app/local-stack';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SEEN_WITHIN_MS = 10_000;
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium(), args: ARGS });
}

export interface VisitOptions {
  url: string;
  locale: 'zh-CN' | 'en-GB';
  phone?: boolean;
  /** Signed in as this person already; without it, one stands at the sign-in. */
  person?: { userId: string; name: string; token: string };
  roomId?: string;
  /** Pixels of the screen for one of the page's. */
  density?: number;
  colorScheme?: 'light' | 'dark';
  /** Motion is left out unless asked for: nothing is waited for, nothing is caught half-way. */
  moving?: boolean;
  /** What has to stand before the page asks for anything. */
  prepare?: (context: BrowserContext) => Promise<void>;
}

/** A person's own browser window. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What a page must never do: throw, write an error to the console, open a dialog of the browser. */
  complaints: string[];
}

function hearComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`threw ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console ${message.text()} ${message.location().url}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
}

function storageOf({ url, person }: VisitOptions) {
  if (!person) return undefined;
  const { userId, name, token } = person;
  const session = { name: 'hongbao.session', value: JSON.stringify({ userId, name, token }) };
  return { cookies: [], origins: [{ origin: new URL(url).origin, localStorage: [session] }] };
}

export async function visit(browser: Browser, options: VisitOptions): Promise<Visit> {
  const { url, locale, phone = false, roomId, density = 1, colorScheme = 'light' } = options;
  const storageState = storageOf(options);
  const context = await browser.newContext({
    locale,
    colorScheme,
    reducedMotion: options.moving ? 'no-preference' : 'reduce',
    viewport: phone ? PHONE : DESKTOP,
    isMobile: phone,
    hasTouch: phone,
    deviceScaleFactor: density,
    ...(storageState ? { storageState } : {}),
  });
  context.setDefaultTimeout(SEEN_WITHIN_MS);
  await options.prepare?.(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  hearComplaints(page, complaints);
  await page.goto(roomId ? `${url}/#/room/${roomId}` : `${url}/`);
  return { page, context, complaints };
}

/** A server that is away for one browser only, though it runs for everyone else. */
export class BreakableLink {
  /** What Chromium itself writes to the console of a link that is cut: calls that fail, a frame sent as the socket closes. */
  static readonly complaints =
    /Failed to load resource|WebSocket connection|WebSocket is already in CLOSING or CLOSED state/;
  private away = false;
  private readonly ends = new Set<WebSocketRoute>();

  readonly lay = async (context: BrowserContext): Promise<void> => {
    await context.routeWebSocket(/\/socket\.io\//, (socket) => {
      if (this.away) return void socket.close();
      this.ends.add(socket).add(socket.connectToServer());
    });
    await context.route('**/api/**', (route) =>
      this.away ? route.abort('connectionrefused') : route.fallback(),
    );
  };

  async cut(): Promise<void> {
    this.away = true;
    await Promise.all([...this.ends].map((end) => end.close()));
    this.ends.clear();
  }

  mend(): void {
    this.away = false;
  }
}

/** Bytes of every script that the page has loaded so far, as a server sends them; without those named in `except`. */
export async function scriptBytes(page: Page, except?: RegExp): Promise<number> {
  const urls = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  const scripts = urls.filter((url) => new URL(url).pathname.endsWith('.js') && !except?.test(url));
  const bodies = await Promise.all(scripts.map(async (url) => (await fetch(url)).arrayBuffer()));
  return bodies.reduce((sum, body) => sum + gzipSync(body).byteLength, 0);
}
