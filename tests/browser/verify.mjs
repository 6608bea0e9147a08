// The offline page in headless Chromium: from BASE_URL/verify and from the saved file, it finds the genuine record TRANSCRIPT
// whole and each altered one not, shows the log's proof, and sends nothing. Screenshots go to OUT-*.png.
// Usage: BASE_URL=http://127.0.0.1:8080 TRANSCRIPT=public.json HAT=... ACT=... CHECKPOINT=... PROOF=... TERMS=... OUT=verify node verify.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const { BASE_URL, TRANSCRIPT, HAT, ACT, CHECKPOINT, PROOF, KEY, TERMS, OUT, CHROMIUM = '/usr/bin/chromium' } = process.env;
const check = (ok, message) => { if (!ok) throw new Error(message); };
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

try {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, serviceWorkers: 'block' });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const sent = [];
  const served = await page.goto(`${BASE_URL}/verify`);
  check(served.ok() && served.headers()['content-security-policy'].startsWith("default-src 'none'"), 'served');
  const saved = `${OUT}.html`;
  writeFileSync(saved, await served.body());
  const genuine = JSON.parse(readFileSync(TRANSCRIPT, 'utf8'));
  const file = (name, value) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(value)) });

  let dropped = 0;
  const drop = async (...files) => {
    await page.locator('#files').setInputFiles(files);
    dropped += 1;
    await page.locator(`body[data-done="${dropped}"]`).waitFor();
    return page.locator('.verdict').evaluateAll((all) => all.map((one) => [one.className.split(' ')[1], one.textContent]));
  };
  const tell = async (where) => {
    dropped = 0;
    let [[kind, text]] = await drop(file('genuine.json', genuine));
    check(kind === 'good' && text.includes('复算无误'), `${where}: ${text}`);
    check((await page.locator('.verdict.open').count()) === 1, 'what was not compared is said');
    check((await page.locator('svg rect').count()) === 2 * genuine.transcript.strata.length, 'a bar a stratum');
    await page.locator('#key').fill(KEY);
    await page.locator('#terms').fill(TERMS);
    [[kind, text]] = await drop(file('genuine.json', genuine));
    check(kind === 'good' && (await page.locator('.verdict.open').count()) === 0, `${where}: compared: ${text}`);
    await page.screenshot({ path: `${OUT}-good.png`, fullPage: true });

    const alterations = {
      'a leader': (t) => { t.matching.teams[0].leader = '00'.repeat(32); },
      'a count': (t) => { t.strata[0].count += 1; },
      'a stratum': (t) => { t.pool[0].stratum = 'S9'; },
      'a time that is none': (t) => { t.frozen_at = '2026-99-99T99:99:99.999Z'; },
      'a secret': (t) => { t.parties[0].secret = '0'.repeat(64); },
      'a party less': (t) => { t.parties.pop(); },
    };
    for (const [name, alter] of Object.entries(alterations)) {
      const altered = structuredClone(genuine);
      alter(altered.transcript);
      [[kind, text]] = await drop(file('altered.json', altered));
      check(kind === 'bad', `${where}: ${name} was altered: ${text}`);
    }
    await page.screenshot({ path: `${OUT}-bad.png`, fullPage: true });
    await page.locator('#terms').fill('ab'.repeat(32));
    [[kind, text]] = await drop(file('genuine.json', genuine));
    check(kind === 'bad' && (await page.locator('td').allTextContents()).some((cell) => cell.includes('两份记录')), 'terms');
    await page.locator('#terms').fill('');

    const hat = JSON.parse(readFileSync(HAT, 'utf8'));
    [[kind, text]] = await drop(file('inclusion.json', hat));
    check(kind === 'good' && text.includes('确在对象库内'), `${where}: ${text}`);
    [[kind, text]] = await drop(file('inclusion.json', { ...hat, stratum: 'S9' }));
    check(kind === 'bad', `${where}: another stratum: ${text}`);

    const verdicts = await drop(...[ACT, CHECKPOINT, PROOF].map((path) => file(path, JSON.parse(readFileSync(path, 'utf8')))));
    check(verdicts.length === 3 && verdicts.every(([said]) => said === 'good'), `${where}: ${JSON.stringify(verdicts)}`);
    const proof = JSON.parse(readFileSync(PROOF, 'utf8'));
    proof.leaf = `00${proof.leaf.slice(2)}`;
    check((await drop(file('proof.json', proof)))[2][0] === 'bad', 'a leaf that is not in the log');
    const act = JSON.parse(readFileSync(ACT, 'utf8'));
    act.content.terms = 'ab'.repeat(32);
    check((await drop(file('act.json', act)))[0][0] === 'bad', 'another act than was logged');
    await page.locator('#language').click();
    check((await page.locator('h1').textContent()) === 'Re-run a draw', 'English');
  };

  page.on('request', (request) => sent.push(request.url()));
  await tell('served');
  await page.goto(pathToFileURL(saved).href);
  sent.length = 0;
  await tell('saved');
  check(sent.length === 0, `the page sent ${sent}`);
  console.log('the page verifies, served and saved, and sends nothing');
} finally {
  await browser.close();
}
