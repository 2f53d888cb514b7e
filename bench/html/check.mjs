// Opens an HTML report in a headless Chromium and uses it as a reviewer does.
//
//     npm install --prefix DIR puppeteer-core axe-core
//     NODE_PATH=DIR/node_modules node bench/html/check.mjs REPORT.html [FOLDER FOR SCREENSHOTS]
//
// Ends with 1 on errors in the console, a request to the network, a page that opens slowly, keys and filters that do not do what
// they say, or a finding of axe (accessible names, contrast, landmarks). CHROMIUM: the browser, /usr/bin/chromium if not said.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(process.env.NODE_PATH?.split(":")[0] || process.cwd(), "_"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [report, shots] = process.argv.slice(2);
const SLOWEST = 2000;
const failures = [];
const check = (name, holds, detail = "") => {
  console.log(`${holds ? "ok  " : "FAIL"} ${name}${detail === "" ? "" : `: ${detail}`}`);
  if (!holds) failures.push(name);
};

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
});
const page = await browser.newPage();
const noise = [], requests = [];
page.on("console", message => ["error", "warn"].includes(message.type()) && noise.push(message.text()));
page.on("pageerror", error => noise.push(String(error)));
page.on("request", request => !/^(file|data):/.test(request.url()) && requests.push(request.url()));

const settle = () => new Promise(done => setTimeout(done, 350));
const shot = async (name, options = {}) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: path.join(shots, `${name}.png`), ...options });
};
const count = selector => page.$$eval(selector, all => all.length);
const text = selector => page.$eval(selector, node => node.textContent);
const open = async ({ width = 1280, height = 900, theme = "light" } = {}) => {
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.goto(pathToFileURL(path.resolve(report)).href, { waitUntil: "load" });
  await settle();
};
// Contrast and names cannot be judged of what the browser skips: everything is drawn for it.
const accessible = async name => {
  // axe looks at every element, for minutes in a large report: whose elements are those of a small one.
  if (await count(".file") > 300) return;
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const style = new CSSStyleSheet();
    style.replaceSync(".file, .leaf { content-visibility: visible !important } .file:nth-of-type(n + 25) { display: none }");
    document.adoptedStyleSheets = [style];
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    document.adoptedStyleSheets = [];
    return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}; ${nodes.slice(0, 3).map(node => `${node.html.slice(0, 160)} ${node.any[0]?.message || ""}`).join(" | ")})`);
  });
  check(`axe, ${name}`, found.length === 0, found.join("\n       "));
};

await page.evaluateOnNewDocument(() => { try { localStorage.clear(); } catch { /* not on every page */ } });
// The best of three: a machine that does something else as well says nothing of the page.
const timings = [];
for (let nth = 0; nth < 3; nth++) {
  await open();
  timings.push(Math.round(await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd)));
}
check("opens in time", Math.min(...timings) < SLOWEST, `${timings.join(", ")} ms`);
const total = await count(".file");
console.log(`     ${total} files, ${await count("*")} elements, heap ${Math.round((await page.metrics()).JSHeapUsedSize / 1e6)} MB`);
await shot("1-opened");
await accessible("light");

const first = await page.$(".row .expand");
if (first) {
  await first.click();
  check("a migration says why", await page.$eval(".row .expand", node => node.getAttribute("aria-expanded")) === "true" && await count(".more:not([hidden])") === 1);
  await settle();
  await shot("2-migration");
}

await page.keyboard.press("j");
await settle();
check("j goes to a file", await page.evaluate(() => document.activeElement.closest(".file") !== null && document.activeElement.getBoundingClientRect().top < 300));
await shot("3-unified");
await page.keyboard.press("u");
await settle();
check("u shows both sides", total === 0 || await count("table.split") > 0 && await count("table.unified") === 0);
await shot("4-split");
await accessible("side by side");
await page.keyboard.press("t");
await settle();
check("t changes the theme", await page.evaluate(() => document.documentElement.dataset.theme) === "dark");
await shot("5-split-dark");
await page.keyboard.press("u");
await page.keyboard.press("n");
await settle();
const hasFindings = await count(".pick[data-group=level]") > 0;
const atFinding = () => page.evaluate(() => document.activeElement.matches("[data-finding=true]") && document.activeElement.getBoundingClientRect().top < innerHeight);
check("n goes to a finding", !hasFindings || await atFinding());
await shot("6-finding-dark");
await accessible("dark");
await page.keyboard.press("t");

const only = await page.$(".row [data-migration]");
if (only) {
  await only.click();
  await settle();
  check("a migration is a filter", await count(".file:not([hidden])") > 0 && await count(".chip") === 1, await text("#shown"));
  await page.$eval("#files", node => node.scrollIntoView());
  await settle();
  await shot("7-filtered");
  await page.keyboard.press("Escape");
}
// When an edit may be merged: a filter, a badge, and a banner where something must wait.
const whens = await page.$$eval(".pick[data-group=when]", all => all.map(pick => pick.dataset.value));
const waits = whens.some(when => ["after", "gap"].includes(when)) && await count(".row .when-after, .row .when-gap") > 0;
check("what must wait for the upgrade is said at the top", await page.$eval("#waits", node => !node.hidden) === waits || !waits);
if (whens.length) {
  await page.$eval(`.pick[data-value=${whens.at(-1)}]`, node => node.click());
  await settle();
  check("when to merge is a filter", await count(".file:not([hidden])") > 0 && await count(".chip") === 1, await text("#shown"));
  await page.keyboard.press("Escape");
  await settle();
}
await page.keyboard.press("/");
await page.keyboard.type("zz nothing has this zz");
await settle();
check("a search that finds nothing says so", await count(".file:not([hidden])") === 0, await text("#shown"));
await page.keyboard.press("Escape");
await settle();
check("Escape shows all again", await count(".file:not([hidden])") === total);
if (total) {
  const name = await page.$eval(".file h3", node => node.textContent);
  await page.keyboard.press("/");
  await page.keyboard.type(name);
  await settle();
  check("a path is found", await count(".file:not([hidden])") >= 1, await text("#shown"));
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("v");
  await settle();
  check("v marks a file as viewed, and is remembered", await page.evaluate(() => JSON.parse(localStorage.getItem("yamlift-report")).viewed.length) === 1);
  await page.keyboard.press("k");
  await page.keyboard.press("v");
}
await page.keyboard.press("?");
await settle();
check("? lists the keys", await page.$eval("#help", node => node.open));
await shot("8-keys");
await accessible("keys");
await page.keyboard.press("Escape");

// 200 % zoom of a common window, and a telephone.
for (const [name, width] of [["zoomed", 640], ["narrow", 375]]) {
  await open({ width, height: 800 });
  await page.keyboard.press("j");
  await settle();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(`${name}: nothing to scroll sideways`, wide <= 0, `${wide} px`);
  await shot(`9-${name}`);
  await page.evaluate(() => scrollTo(0, 0));
  await settle();
  await shot(`9-${name}-top`);
}
await accessible("narrow");

await open({ theme: "dark" });
await shot("10-opened-dark");
await page.evaluate(() => { scrollTo(0, document.body.scrollHeight); });
await settle();
await shot("11-end");

const before = Date.now();
await page.keyboard.press("/");
await page.keyboard.type("a");
await page.waitForFunction(() => document.querySelectorAll(".chip").length === 1);
console.log(`     a search took ${Date.now() - before} ms, 120 of them of waiting`);
await page.keyboard.press("Escape");

await page.setJavaScriptEnabled(false);
await open();
check("without scripts there is a summary", (await text("main.plain")).includes("Files"));
await shot("12-without-script");

check("no noise in the console", noise.length === 0, noise.slice(0, 5).join("\n       "));
check("no request to the network", requests.length === 0, requests.slice(0, 5).join(" "));
await browser.close();
process.exit(failures.length ? 1 : 0);
