// Draws dashboards and pages as PNGs: node draw.mjs TASK.json, with the packages in the folder of the task's `modules`.
// A task has `prometheus`, `scrapeInterval`, `atOnce` and `jobs`. Prints a line of JSON for each job: its number, and
// the report of its panels or the error.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SECONDS = 120;
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

// The names that Grafana's own style sheet asks for.
const FONTS = {
  'Inter-Regular.woff2': 'inter/files/inter-latin-400-normal.woff2', 'Inter-Medium.woff2': 'inter/files/inter-latin-500-normal.woff2',
  'RobotoMono-Regular.woff2': 'roboto-mono/files/roboto-mono-latin-400-normal.woff2',
};

// Bundles src/ when it has changed; runs beside each other never see half of a bundle.
async function bundle(load, modules) {
  const source = path.join(HERE, 'src');
  const names = fs.readdirSync(source).sort();
  const digest = createHash('sha256').update(names.map((name) => name + fs.readFileSync(path.join(source, name), 'utf8')).join('\0')).digest('hex').slice(0, 12);
  const folder = path.join(modules, '..', `bundle-${digest}`);
  if (fs.existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  const nothing = path.join(source, 'nothing.js');
  await load('esbuild').build({
    entryPoints: { page: path.join(source, 'page.jsx') }, outdir: draft, bundle: true, format: 'esm',
    splitting: true, minify: true, target: 'es2022', jsx: 'automatic', nodePaths: [modules],
    // Editors that a picture never shows, and half of the bundle.
    alias: { 'monaco-editor': nothing, '@monaco-editor/react': nothing },
    // lodash and others read these; "production" also keeps React quiet.
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    loader: { '.woff': 'empty', '.woff2': 'file', '.ttf': 'file', '.svg': 'file' },
    logLevel: 'error',
  });
  try {
    fs.renameSync(draft, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
    fs.rmSync(draft, { recursive: true });
  }
  return folder;
}

// Serves the page, the jobs, and Prometheus' API on 127.0.0.1.
function serve(built, { modules, prometheus, scrapeInterval, jobs }) {
  const target = new URL(prometheus);
  const file = (response, root, name) => {
    const full = path.join(root, path.normalize(`/${name}`));
    if (!fs.existsSync(full) || !fs.statSync(full).isFile()) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[path.extname(full)] ?? 'application/octet-stream' });
    return fs.createReadStream(full).pipe(response);
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://x');
    if (url.pathname === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><meta charset="utf-8"><title>preview</title><link rel="icon" href="data:,">'
        + '<link rel="stylesheet" href="/page.css"><style>body{margin:0}</style><body><div id="root"></div>'
        + '<script>window.__grafana_public_path__="/public/"</script><script type="module" src="/page.js"></script>');
    } else if (url.pathname === '/job.json') {
      const { file: name, variables = {}, panels = [], ...job } = jobs[Number(url.searchParams.get('job'))];
      const dashboard = JSON.parse(fs.readFileSync(name, 'utf8'));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ dashboard, variables, panels, scrapeInterval, expandRows: false, ...job }));
    } else if (url.pathname.startsWith('/public/build/img/')) {
      file(response, path.join(modules, '@grafana/ui/dist/public/img'), url.pathname.slice('/public/build/img/'.length));
    } else if (FONTS[path.basename(url.pathname)]) {
      file(response, path.join(modules, '@fontsource'), FONTS[path.basename(url.pathname)]);
    } else if (url.pathname.startsWith('/prometheus/')) {
      const onward = http.request({
        hostname: target.hostname, port: target.port, method: request.method,
        path: url.pathname.slice('/prometheus'.length) + url.search,
        headers: { 'content-type': request.headers['content-type'] ?? '', accept: 'application/json' },
      }, (answer) => {
        response.writeHead(answer.statusCode, { 'content-type': answer.headers['content-type'] ?? 'text/plain' });
        answer.pipe(response);
      });
      onward.on('error', (error) => {
        if (response.headersSent) return response.destroy();
        response.writeHead(502, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ status: 'error', error: `cannot reach Prometheus at ${target.origin}: ${error.code ?? error.message}` }));
      });
      request.pipe(onward);
    } else {
      file(response, built, url.pathname);
    }
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

// Draws a dashboard as high as it is, and returns its report.
async function dashboard(page, job, url) {
  const log = [];
  page.on('console', (message) => message.type() === 'error' && log.push(message.text()));
  page.on('pageerror', (error) => log.push(error.stack ?? String(error)));
  await page.goto(url, { timeout: SECONDS * 1000 });
  try {
    await page.waitForFunction(() => window.__ready || window.__failed, null, { timeout: SECONDS * 1000, polling: 50 });
  } catch {
    throw new Error(`not finished after ${SECONDS} s\n${log.slice(0, 5).join('\n')}`);
  }
  const failed = await page.evaluate(() => window.__failed);
  if (failed) throw new Error(failed);
  const height = await page.evaluate(() => document.getElementById('page').offsetHeight);
  await page.setViewportSize({ width: job.width, height: Math.min(height, 16000) });
  await page.evaluate(() => window.__settle());
  const report = await page.evaluate(() => window.__report());
  const clip = job.height && { x: 0, y: 0, width: job.width, height: Math.min(job.height, height) };
  await page.screenshot({ path: job.out, clip: clip || undefined });
  return { ...report, console: log };
}

// Draws any other page, after a log-in to a hub if the job has one.
async function other(page, job) {
  if (job.login) {
    await page.goto(`${job.login.hub}/hub/login`);
    await page.fill('input[name=username]', job.login.username);
    await page.fill('input[name=password]', 'any');
    await Promise.all([page.waitForNavigation(), page.click('#login_submit')]);
  }
  await page.goto(job.url, { waitUntil: 'networkidle' });
  for (const selector of job.open ?? []) await page.locator(selector).first().click();
  await page.screenshot({ path: job.out, fullPage: !job.height });
  return { panels: [], variables: [], title: await page.title() };
}

async function main() {
  const task = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  const load = createRequire(path.join(task.modules, 'x.js'));
  const { chromium } = load('playwright-core');
  const server = await serve(await bundle(load, task.modules), task);
  const browser = await chromium.launch({
    executablePath: task.chromium, headless: true, chromiumSandbox: false, timeout: 60000,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--force-color-profile=srgb',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  try {
    const queue = task.jobs.map((job, number) => ({ job, number }));
    await Promise.all(Array.from({ length: task.atOnce }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { job, number } = next;
        const context = await browser.newContext({
          viewport: { width: job.width, height: job.height ?? 1000 }, deviceScaleFactor: job.scale ?? 1,
          colorScheme: job.theme, timezoneId: 'UTC', locale: 'en-US',
        });
        fs.mkdirSync(path.dirname(job.out), { recursive: true });
        let line;
        try {
          const page = await context.newPage();
          line = job.file ? await dashboard(page, job, `http://127.0.0.1:${server.address().port}/?job=${number}`) : await other(page, job);
        } catch (error) {
          line = { error: error.message };
        }
        await context.close();
        console.log(JSON.stringify({ job: number, ...line }));
      }
    }));
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

await main();
