// Drives the live Swagger UI at BASE_URL/docs/ in headless Chromium: authorizes with TOKEN, executes
// `get_me`, and saves a full-page screenshot to OUT. Any request that leaves BASE_URL's host fails the run.
// Usage: BASE_URL=http://127.0.0.1:8080 TOKEN=... OUT=docs.png node docs.mjs
import { stripVTControlCharacters } from 'node:util';
import { chromium } from 'playwright-core';

const { BASE_URL, TOKEN, OUT, CHROMIUM = '/usr/bin/chromium' } = process.env;
const OPERATION = { id: 'get_me', path: '/api/v1/me' };
const urls = new Set();
let step = 'read the environment', base, browser;
const strangers = () => [...urls].filter((u) => !/^(data|blob):/.test(u) && new URL(u).host !== base.host);
const check = (ok, message) => { if (!ok) throw new Error(message); };

try {
  check(BASE_URL && TOKEN && OUT, 'BASE_URL, TOKEN and OUT must be set');
  base = new URL(BASE_URL);

  step = 'start Chromium';
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Playwright adds a new, empty --user-data-dir itself and refuses one given here.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      // A request to a stranger must fail at once and be reported, not hang or quietly succeed.
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${base.hostname}`],
  });
  // A service worker could send requests that the page's events never show.
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers: 'block' });
  context.setDefaultTimeout(15_000);
  context.on('request', (request) => urls.add(request.url()));
  const page = await context.newPage();
  page.on('websocket', (socket) => urls.add(socket.url()));

  step = 'open the documentation';
  const answer = await page.goto(`${BASE_URL.replace(/\/+$/, '')}/docs/`, { waitUntil: 'domcontentloaded' });
  check(answer.ok(), `${answer.url()} answered ${answer.status()}`);
  await page.locator('.opblock-tag-section').first().waitFor();
  const version = await page.evaluate(() => globalThis.versions?.swaggerUI?.version ?? 'an unknown version');
  check(version.startsWith('5.'), `Swagger UI 5 expected, found ${version}`);

  step = 'authorize';
  await page.locator('.auth-wrapper > .btn.authorize').click();
  const modal = page.locator('.dialog-ux .modal-ux');
  const form = modal.locator('form:has(input[aria-label="auth-bearer-value"])');
  await form.locator('input[aria-label="auth-bearer-value"]').fill(TOKEN);
  await form.locator('button[type="submit"]').click();
  await modal.getByRole('heading', { name: 'Authorized', exact: true }).waitFor();
  await modal.locator('.btn-done').first().click();
  await modal.waitFor({ state: 'detached' });

  step = `execute ${OPERATION.id}`;
  // With docExpansion "none" a tag's operations are not in the page until the tag is opened.
  const closed = page.locator('.opblock-tag-section:not(.is-open) > .opblock-tag');
  while (await closed.count()) await closed.first().click();
  // An operation's element id is operations-{tag}-{operationId}; the path tells get_me from, say, x-get_me.
  const operation = page.locator(`.opblock-get[id$="-${OPERATION.id}"]:has([data-path="${OPERATION.path}"])`);
  await operation.locator('.opblock-summary-control').click();
  // The page may open its operations ready to execute.
  const tryIt = operation.getByRole('button', { name: 'Try it out' });
  if (await tryIt.count()) await tryIt.click();
  await operation.getByRole('button', { name: 'Execute', exact: true }).click();
  const live = operation.locator('.live-responses-table .response');
  const [status] = (await live.locator('.response-col_status').innerText()).trim().split(/\s/);
  const body = await live.locator('.response-col_description').innerText();
  check(status === '200', `status 200 expected, found ${status}: ${body}`);
  check(body.includes('"username"'), `no "username" in the body: ${body}`);

  step = 'finish';
  await page.waitForLoadState('networkidle'); // late requests, such as the validator badge's, count too
  check(!strangers().length, 'the page called other hosts');
  await page.screenshot({ path: OUT, fullPage: true });
  console.log(`docs: ok: Swagger UI ${version}, GET ${OPERATION.path} 200, ${urls.size} URLs, all on ${base.host}`);
} catch (error) {
  const outside = base && strangers().length ? `; requests left ${base.host}: ${strangers().join(' ')}` : '';
  const reason = stripVTControlCharacters(error.message).replace(/\s+/g, ' ').slice(0, 400);
  console.error(`docs: FAIL at "${step}": ${reason}${outside}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
}
