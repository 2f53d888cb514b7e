// Draws the report. Texts reach the page as text nodes alone: nothing that a file or a message holds is read as HTML.
"use strict";

const json = document.getElementById("data").textContent;
const { head, files } = JSON.parse(json);
const migrations = head.migrations;
const $ = id => document.getElementById(id);

/** An element; attributes whose value is null or false are left out, `onclick` and the like are listeners. */
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, key === "aria-label" ? plainly(value) : value);
  }
  const said = children.flat().filter(child => child !== null && child !== undefined && child !== false && child !== "");
  node.append(...said.flatMap(child => typeof child === "string" ? seen(child) : child));
  return node;
}

// Characters that are not seen, or turn the direction of what is behind them: a line would read as another one than tools read.
const HIDDEN = /([\u200b-\u200f\u202a-\u202e\u2066-\u2069])/;
const HIDDEN_NAMES = {
  "200B": "zero width space", "200C": "zero width non-joiner", "200D": "zero width joiner", "200E": "left-to-right mark", "200F": "right-to-left mark",
  "202A": "left-to-right embedding", "202B": "right-to-left embedding", "202C": "end of an embedding or override", "202D": "left-to-right override", "202E": "right-to-left override",
  "2066": "left-to-right isolate", "2067": "right-to-left isolate", "2068": "first strong isolate", "2069": "end of an isolate",
};
const codeOf = character => character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

/** A text with a sign in place of each character that would not be seen. */
function seen(text) {
  if (!HIDDEN.test(text)) return [text];
  return text.split(HIDDEN).filter(Boolean).map(part => {
    if (!HIDDEN.test(part)) return part;
    const sign = document.createElement("span");
    sign.className = "hidden-sign";
    sign.title = `U+${codeOf(part)}, ${HIDDEN_NAMES[codeOf(part)]}: a character that is not seen, and may turn the order of the text`;
    sign.textContent = `U+${codeOf(part)}`;
    return sign;
  });
}

/** The same where no elements can be. */
const plainly = text => text.split(HIDDEN).map(part => HIDDEN.test(part) ? `[U+${codeOf(part)}]` : part).join("");

const unseen = text => el("span", { class: "unseen" }, text);
const counted = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
const slug = id => id.slice(id.lastIndexOf("/") + 1);
const nameOf = migration => migration.title || slug(migration.id).replaceAll("-", " ");
const button = (text, onclick, attributes) => el("button", { type: "button", class: "plain-button", onclick, ...attributes }, text);

/** `a` in backticks as code. */
function prose(text) {
  return text.split(/(`[^`\n]+`)/).map(part => part.length > 2 && part.startsWith("`") && part.endsWith("`") ? el("code", {}, part.slice(1, -1)) : part);
}

// ---- what is remembered -------------------------------------------------------------------------------------------------

const MEMORY = "yamlift-report";

/** A number for the content of a page, so that what was viewed is remembered for this report alone. */
function fingerprint(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

const remembered = (() => {
  try { return JSON.parse(localStorage.getItem(MEMORY)) || {}; } catch { return {}; }
})();

function remember(change) {
  Object.assign(remembered, change);
  // A page may be shown where nothing can be stored.
  try { localStorage.setItem(MEMORY, JSON.stringify(remembered)); } catch { /* it is forgotten, then */ }
}

const page = fingerprint(json);
const viewed = new Set(remembered.page === page ? remembered.viewed : []);
const rememberViewed = () => remember({ page, viewed: [...viewed] });

// ---- the state ----------------------------------------------------------------------------------------------------------

const LEVELS = ["error", "warning", "note"];
const OUTCOMES = { migrated: "Changed", "needs-review": "To look at", skipped: "Skipped", failed: "Not read", unchanged: "Noted" };

// When an edit may be merged, seen from the upgrade, in the order of an upgrade.
const WHENS = { before: "before the upgrade", any: "any time", gap: "with the upgrade", after: "after the upgrade", wakes: "when you want it" };
// What must not reach the release from before the upgrade.
const WAITS = ["gap", "after"];
const whensOf = when => Object.keys(WHENS).filter(one => when[one]);

/** Nothing chosen in a group: all of it. */
const chosen = { migration: new Set(), safety: new Set(), when: new Set(), level: new Set(), outcome: new Set(), folder: "", text: "" };

const narrow = matchMedia("(max-width: 860px)");
let split = remembered.split === true;
const isSplit = () => split && !narrow.matches;

const cards = files.map((file, index) => ({
  file,
  index,
  name: file.path.slice(file.path.lastIndexOf("/") + 1),
  folder: file.path.slice(0, file.path.lastIndexOf("/") + 1),
  // What the migrations have to do with it, one by one.
  items: [
    ...file.steps.map(step => ({ migration: step.migration, when: step.when })),
    ...file.offered.map(offer => ({ migration: offer.migration, when: offer.when, line: offer.line })),
    ...file.findings.map(finding => ({ migration: finding.migration, level: finding.level, line: finding.line })),
  ],
  closed: viewed.has(file.path),
  shown: true,
  section: null,
  body: null,
  text: null,
}));
const byPath = new Map(cards.map(card => [card.file.path, card]));

/** Whether a step, an offer or a finding is among what is chosen. */
function fits(item) {
  const { migration, safety, when, level } = chosen;
  return (!migration.size || migration.has(item.migration))
    && (!safety.size || safety.has(migrations[item.migration].safety))
    && (!when.size || whensOf(item.when || migrations[item.migration].when).some(one => when.has(one)))
    && (!level.size || level.has(item.level));
}

const choosesItems = () => chosen.migration.size + chosen.safety.size + chosen.when.size + chosen.level.size > 0;

function cardFits(card) {
  const { outcome, folder, text } = chosen;
  if (outcome.size && !outcome.has(card.file.outcome)) return false;
  if (folder && !card.file.path.startsWith(folder)) return false;
  if (choosesItems() && !card.items.some(fits)) return false;
  return !text || haystack(card).includes(text);
}

/** Everything of a file that can be searched. */
function haystack(card) {
  if (card.text === null) {
    const { file } = card;
    const ids = new Set(card.items.map(item => item.migration));
    // A path is found by its name, and as it is shown.
    const parts = [file.path, seen(file.path).map(part => part.textContent ?? part).join(""), file.why || ""];
    for (const id of ids) parts.push(migrations[id].id, migrations[id].title);
    for (const finding of file.findings) parts.push(finding.message, finding.help || "");
    for (const hunk of file.hunks) parts.push(...hunk.lines.map(line => line.slice(1)));
    card.text = parts.join("\n").toLowerCase();
  }
  return card.text;
}

// ---- the head of the page -----------------------------------------------------------------------------------------------

function drawIntro() {
  $("title").textContent = $("top-title").textContent = plainly(head.title);
  for (const run of head.runs) {
    const folders = run.folders.map(folder => folder === "" ? "." : folder.replace(/\/$/, ""));
    const where = folders.length > 3 ? `${folders.slice(0, 3).join(", ")} and ${counted(folders.length - 3, "more folder")}` : folders.join(", ");
    const name = head.runs.length > 1 || where ? [el("b", {}, `${run.pack} ${run.from} → ${run.to}`), where && ` in ${where}`, ": "] : [];
    const known = name.length ? run.known : run.known.charAt(0).toUpperCase() + run.known.slice(1);
    $("runs").append(el("li", {}, name, known));
  }
  const sum = head.summary;
  const tile = (number, what, kind) => el("div", { class: `tile ${number ? kind : "none"}` }, el("dt", {}, what), el("dd", {}, number.toLocaleString("en")));
  $("counts").append(
    tile(sum.changed, `${sum.changed === 1 ? "file" : "files"} ${head.wrote ? "written" : "to change"}`, "changed"),
    tile(sum.needs_review, "for you to look at", "review"),
    tile(sum.failed, head.wrote ? "unread or not written" : "not read", "error"),
    tile(sum.unchanged, "unchanged", "quiet"),
    tile(sum.errors, sum.errors === 1 ? "error" : "errors", "error"),
    tile(sum.warnings, sum.warnings === 1 ? "warning" : "warnings", "warning"),
    tile(sum.notes, sum.notes === 1 ? "note" : "notes", "noted"),
  );
  if (head.not_followed.length) {
    $("runs").append(el("li", {}, `${counted(head.not_followed.length, "link")} not followed: ${head.not_followed.slice(0, 5).join(", ")}${head.not_followed.length > 5 ? ", …" : ""}`));
  }
  if (head.command) {
    $("command").hidden = false;
    $("command-text").append(...seen(head.command));
    $("command-copy").addEventListener("click", event => copy(head.command, event.currentTarget));
    $("command-copy").setAttribute("aria-label", "Copy the command that made this report");
  }
  $("program").textContent = `Made by ${head.program}`;
}

async function copy(text, from) {
  const was = from.textContent;
  try {
    await navigator.clipboard.writeText(text);
    from.textContent = "Copied";
  } catch {
    from.textContent = "Select and copy it";
    getSelection().selectAllChildren($("command-text"));
  }
  setTimeout(() => { from.textContent = was; }, 1500);
}

/** What nobody should overlook: edits that must not be merged yet. */
function drawWaits() {
  const edits = migrations.filter(migration => migration.files > 0);
  const sum = whens => edits.reduce((sum, migration) => sum + whens.reduce((places, one) => places + (migration.when[one] || 0), 0), 0);
  const late = sum(WAITS);
  if (!late) return;
  const all = edits.reduce((sum, migration) => sum + migration.places, 0);
  const whens = WAITS.filter(one => sum([one]));
  const whole = late === all;
  $("waits").hidden = false;
  $("waits").append(
    el("p", {}, el("b", {}, whole ? "Do not merge this before the upgrade. " : `Do not merge all of this before the upgrade: ${late.toLocaleString("en")} of ${counted(all, "edit")} must wait. `),
      "The release before it ignores these edits or misreads them. ",
      !whole && ["To split them off, run ", el("code", {}, "--phase before"), " now and ", el("code", {}, "--phase after"), " when the upgrade is done. "],
      whens.includes("gap") && "What is marked “with the upgrade” works in neither order: merge it at the moment of the upgrade."),
    el("div", { class: "waits-buttons" }, whens.map(one => el("button", { type: "button", class: "plain-button", "aria-pressed": "false", "data-group": "when", "data-value": one, onclick: () => toggle("when", one) }, `Only ${WHENS[one]} (${sum([one])})`))));
}

/** Migrations in groups: what is left for people, where it matters; those that edit, that wait to be asked for, that only speak. */
function drawMigrations() {
  const natural = new Intl.Collator("en", { numeric: true });
  const numbers = [...migrations.keys()].sort((a, b) => natural.compare(migrations[a].id, migrations[b].id));
  const edits = n => migrations[n].files > 0;
  const offers = n => !edits(n) && migrations[n].offered_files > 0;
  const severe = n => migrations[n].errors + migrations[n].warnings > 0;
  const urgent = n => !edits(n) && !offers(n) && severe(n);
  const rest = n => !edits(n) && !offers(n) && !severe(n);
  const worst = (a, b) => migrations[b].errors - migrations[a].errors || migrations[b].warnings - migrations[a].warnings;
  const groups = [
    ["For you: errors and warnings, not edited", urgent],
    [head.wrote ? "Edits, written" : "Edits, not written yet", edits],
    ["Offered: edits made only with --safety review", offers],
    ["For you: notes, not edited", n => rest(n) && migrations[n].title],
    ["From yamlift itself", n => rest(n) && !migrations[n].title],
  ];
  let first = true;
  for (const [name, belongs] of groups) {
    const of = numbers.filter(belongs);
    if (!of.length) continue;
    if (belongs === urgent) of.sort(worst);
    const open = first || belongs === urgent || migrations.length <= 12;
    // Below what is left for people the edits are open as well.
    if (belongs !== urgent) first = false;
    $("migrations").append(el("details", { open, class: "group" },
      el("summary", {}, name, el("span", { class: "count" }, String(of.length))),
      el("ul", { class: "rows" }, of.map(migrationRow))));
  }
  if (!migrations.length) $("migrations").append(el("p", { class: "quiet" }, "No migration has anything to do here."));
}

function migrationRow(number) {
  const migration = migrations[number];
  const more = el("div", { class: "more", id: `why-${number}`, hidden: true });
  const expand = el("button", { type: "button", class: "expand", "aria-expanded": "false", "aria-controls": more.id, onclick: () => {
    more.hidden = !more.hidden;
    expand.setAttribute("aria-expanded", String(!more.hidden));
  } }, el("span", { class: "chevron", "aria-hidden": "true" }), el("span", {}, prose(nameOf(migration))));
  const facts = el("dl", { class: "facts" }, el("dt", {}, "Id"), el("dd", {}, el("code", {}, migration.id)));
  if (migration.version) facts.append(el("dt", {}, "Asked for by"), el("dd", {}, `${migration.pack} ${migration.version}`));
  const links = migration.links.filter(link => /^https?:\/\//.test(link));
  if (links.length) {
    facts.append(el("dt", {}, "Read more"), el("dd", {}, links.map(href => el("a", { href, rel: "noopener noreferrer", target: "_blank" }, href.replace(/^https?:\/\//, "")))));
  }
  if (migration.why) more.append(el("div", { class: "why" }, migration.why.split(/\n{2,}/).map(part => el("p", {}, prose(part.replace(/\n(?![-*] )/g, " "))))));
  more.append(facts);
  const places = (f, p) => p === f ? counted(f, "file") : `${counted(f, "file")}, ${counted(p, "place")}`;
  const counts = [];
  if (migration.files) counts.push(places(migration.files, migration.places));
  if (migration.offered_files) counts.push(`${migration.files ? "offered in " : ""}${places(migration.offered_files, migration.offered_places)}`);
  return el("li", { class: "row" },
    expand,
    el("span", { class: "cell version" }, migration.version),
    el("span", { class: "cell" }, migration.safety && el("span", { class: `badge safety-${migration.safety}` }, migration.safety)),
    el("span", { class: "cell" }, whenBadges(migration.when)),
    el("span", { class: "cell" }, LEVELS.map(level => levelBadge(level, migration[`${level}s`]))),
    el("span", { class: "cell sums" }, counts.join("; ")),
    button("Only this", () => toggle("migration", number), { "aria-pressed": "false", "data-migration": number, "aria-label": `Only this: ${nameOf(migration)}` }),
    more);
}

const levelBadge = (level, n) => n ? el("span", { class: `badge level-${level}` }, counted(n, level)) : null;

/** When it may be merged; how many places, where they differ. */
function whenBadges(when) {
  const whens = whensOf(when);
  return whens.map(one => el("span", { class: `badge when-${one}` }, whens.length > 1 ? `${WHENS[one]}: ${when[one]}` : WHENS[one]));
}

// ---- filters ------------------------------------------------------------------------------------------------------------

function toggle(group, value) {
  const set = chosen[group];
  if (set.has(value)) set.delete(value); else set.add(value);
  refresh();
}

function drawFilters() {
  const safeties = ["safe", "review", "manual"].filter(safety => migrations.some(migration => migration.safety === safety));
  const outcomes = Object.keys(OUTCOMES).filter(outcome => files.some(file => file.outcome === outcome));
  const levels = LEVELS.filter(level => files.some(file => file.findings.some(finding => finding.level === level)));
  const group = (name, key, values, label) => values.length && $("filters").append(el("div", { class: "filter", role: "group", "aria-label": name },
    el("span", { class: "filter-name", "aria-hidden": "true" }, name),
    values.map(value => el("button", { type: "button", class: `pick ${key}-${value}`, "aria-pressed": "false", "data-group": key, "data-value": value, onclick: () => toggle(key, value) }, label(value)))));
  group("Outcome", "outcome", outcomes, value => OUTCOMES[value]);
  group("Safety", "safety", safeties, value => value);
  group("When to merge", "when", Object.keys(WHENS).filter(one => migrations.some(migration => migration.when[one])), value => WHENS[value]);
  group("Findings", "level", levels, value => `${value}s`);
}

function clearFilters() {
  for (const group of ["migration", "safety", "when", "level", "outcome"]) chosen[group].clear();
  chosen.folder = chosen.text = $("search").value = "";
  refresh();
}

/** Takes a change of what is chosen to the whole page. */
function refresh() {
  let shown = 0;
  for (const card of cards) {
    card.shown = cardFits(card);
    card.section.hidden = !card.shown;
    if (card.shown) shown++;
    // Which places of a file are shown depends on what is chosen.
    if (card.body) forget(card);
  }
  for (const pick of document.querySelectorAll("[data-group]")) pick.setAttribute("aria-pressed", String(chosen[pick.dataset.group].has(pick.dataset.value)));
  for (const pick of document.querySelectorAll("[data-migration]")) pick.setAttribute("aria-pressed", String(chosen.migration.has(Number(pick.dataset.migration))));
  $("shown").textContent = !cards.length ? "There is nothing to show for any file." : shown === cards.length ? counted(shown, "file") : `${shown} of ${counted(cards.length, "file")}`;
  drawChips();
  drawTree();
  drawNear();
}

function drawChips() {
  const chip = (text, onclick) => el("button", { type: "button", class: "chip", onclick, "aria-label": `Remove the filter: ${text}` }, text, el("span", { "aria-hidden": "true" }, "×"));
  const chips = [];
  for (const number of chosen.migration) chips.push(chip(slug(migrations[number].id), () => toggle("migration", number)));
  for (const group of ["outcome", "safety", "when", "level"]) {
    for (const value of chosen[group]) chips.push(chip(group === "outcome" ? OUTCOMES[value] : group === "when" ? WHENS[value] : value, () => toggle(group, value)));
  }
  if (chosen.folder) chips.push(chip(chosen.folder, () => { chosen.folder = ""; refresh(); }));
  if (chosen.text) chips.push(chip(`“${chosen.text}”`, () => { chosen.text = $("search").value = ""; refresh(); }));
  if (chips.length > 1) chips.push(button("Clear all", clearFilters));
  $("chips").replaceChildren(...chips);
}

// ---- the tree of files --------------------------------------------------------------------------------------------------

// Folders of a larger tree are closed at first, and drawn once they are opened.
const OPEN_UP_TO = 150;
const folded = new Map();

function treeOf(shown) {
  const root = { folders: new Map(), cards: [], path: "", count: 0 };
  for (const card of shown) {
    let node = root;
    for (const name of card.folder.split("/").slice(0, -1)) {
      if (!node.folders.has(name)) node.folders.set(name, { folders: new Map(), cards: [], path: `${node.path}${name}/`, count: 0 });
      node = node.folders.get(name);
      node.count++;
    }
    node.cards.push(card);
  }
  return root;
}

function drawTree() {
  const shown = cards.filter(card => card.shown);
  const openAll = shown.length <= OPEN_UP_TO;
  $("tree").replaceChildren(shown.length ? branch(treeOf(shown), openAll, 0) : el("p", { class: "quiet" }, "No file matches these filters."));
  markCurrent();
}

function branch(node, openAll, depth) {
  const list = el("ul", { class: "branch" });
  for (let [name, folder] of node.folders) {
    // A folder that only holds one folder is shown with it.
    while (!folder.cards.length && folder.folders.size === 1) {
      const [[inner, only]] = folder.folders;
      [name, folder] = [`${name}/${inner}`, only];
    }
    list.append(folderItem(name, folder, openAll, depth));
  }
  for (const card of node.cards) list.append(fileItem(card));
  return list;
}

function folderItem(name, folder, openAll, depth) {
  const item = el("li", {});
  let inner = null;
  const open = () => { inner ||= branch(folder, openAll, depth + 1); item.append(inner); inner.hidden = false; };
  const isOpen = folded.get(folder.path) ?? (openAll || depth < 1 && folder.count <= OPEN_UP_TO);
  const expand = el("button", { type: "button", class: "expand", "aria-expanded": String(isOpen), "data-folder": folder.path, onclick: () => {
    const now = expand.getAttribute("aria-expanded") !== "true";
    expand.setAttribute("aria-expanded", String(now));
    folded.set(folder.path, now);
    if (now) open(); else inner.hidden = true;
    markCurrent();
  } }, el("span", { class: "chevron", "aria-hidden": "true" }), el("span", { class: "folder-name" }, `${name}/`), el("span", { class: "count" }, String(folder.count)));
  const only = el("button", { type: "button", class: "only", "aria-label": `Only ${folder.path}`, onclick: () => { chosen.folder = folder.path; refresh(); } }, "only");
  item.append(el("div", { class: "folder" }, expand, only));
  if (isOpen) open();
  return item;
}

function fileItem(card) {
  const { file } = card;
  const worst = LEVELS.find(level => file.findings.some(finding => finding.level === level));
  return el("li", {}, el("a", { class: viewed.has(file.path) ? "leaf viewed" : "leaf", href: `#${encodeURIComponent(file.path)}`, "data-index": card.index, onclick: event => { event.preventDefault(); go(card); } },
    el("span", { class: "leaf-name" }, card.name),
    worst && el("span", { class: `dot level-${worst}` }, unseen(`, ${worst}s`)),
    file.added > 0 && el("span", { class: "plus" }, `+${file.added}`),
    file.removed > 0 && el("span", { class: "minus" }, `−${file.removed}`),
    file.outcome === "failed" && el("span", { class: "minus" }, "not read")));
}

/** Opens the folders above a file, and shows where it is. */
function markCurrent() {
  for (const old of $("tree").querySelectorAll("[aria-current]")) old.removeAttribute("aria-current");
  if (!current) return;
  const link = $("tree").querySelector(`a[data-index="${current.index}"]`);
  if (!link) return;
  link.setAttribute("aria-current", "true");
  const side = $("side-body");
  const [box, frame] = [link.getBoundingClientRect(), side.getBoundingClientRect()];
  if (side.scrollHeight > side.clientHeight && (box.top < frame.top + 40 || box.bottom > frame.bottom - 40)) side.scrollTop += box.top - frame.top - side.clientHeight / 2;
}

function reveal(card) {
  for (let at = card.file.path.indexOf("/"); at >= 0; at = card.file.path.indexOf("/", at + 1)) {
    const folder = $("tree").querySelector(`button[data-folder="${CSS.escape(card.file.path.slice(0, at + 1))}"]`);
    if (folder && folder.getAttribute("aria-expanded") === "false") folder.click();
  }
}

// ---- files --------------------------------------------------------------------------------------------------------------

// Bodies are drawn shortly before they are seen.
const near = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const card = cards[entry.target.dataset.index];
    card.near = entry.isIntersecting;
    if (card.near) draw(card);
  }
}, { rootMargin: "900px 0px" });

function drawCards() {
  const all = document.createDocumentFragment();
  for (const card of cards) {
    card.section = el("section", { class: "file", id: `f${card.index}`, "data-index": card.index, "aria-labelledby": `h${card.index}` },
      el("h3", { class: "path", id: `h${card.index}`, tabindex: "-1" }, el("span", { class: "path-folder" }, card.folder), card.name));
    card.section.style.setProperty("--height", `${estimate(card)}px`);
    all.append(card.section);
    near.observe(card.section);
  }
  $("cards").append(all);
}

function estimate(card) {
  if (card.closed) return 44;
  const rows = card.file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  return 80 + Math.min(rows, MOST_ROWS) * 20 + card.file.hunks.length * 30 + card.file.findings.length * 70;
}

/** Draws again what is on screen, after its content changed. */
function drawNear() {
  for (const card of cards) if (card.near && card.shown) draw(card);
}

function forget(card) {
  card.body.remove();
  card.body = null;
}

function draw(card) {
  if (!card.bar) drawBar(card);
  if (card.closed || card.body || !card.shown) return;
  card.body = el("div", { class: "body", id: `b${card.index}` }, body(card));
  card.section.append(card.body);
}

function drawBar(card) {
  const { file, index } = card;
  const title = $(`h${index}`);
  const expand = el("button", { type: "button", class: "expand", "aria-expanded": String(!card.closed), "aria-label": `Show ${file.path}`, onclick: () => fold(card, !card.closed) }, el("span", { class: "chevron", "aria-hidden": "true" }));
  const tick = el("input", { type: "checkbox", "aria-label": `Viewed ${file.path}`, onchange: () => view(card, tick.checked) });
  tick.checked = viewed.has(file.path);
  const count = level => file.findings.filter(finding => finding.level === level).length;
  card.bar = el("div", { class: "bar" }, expand, title,
    el("span", { class: "bar-badges" },
      file.outcome !== "migrated" && el("span", { class: `badge outcome-${file.outcome}` }, OUTCOMES[file.outcome].toLowerCase()),
      LEVELS.map(level => levelBadge(level, count(level))),
      file.added > 0 && el("span", { class: "plus" }, `+${file.added}`, unseen(" lines")),
      file.removed > 0 && el("span", { class: "minus" }, `−${file.removed}`, unseen(" lines"))),
    el("label", { class: "tick" }, tick, "Viewed"));
  Object.assign(card, { expand, tick });
  card.section.prepend(card.bar);
  card.section.classList.toggle("closed", card.closed);
}

function fold(card, closed) {
  card.closed = closed;
  card.section.style.setProperty("--height", `${estimate(card)}px`);
  if (!card.bar) return;
  card.expand.setAttribute("aria-expanded", String(!closed));
  card.section.classList.toggle("closed", closed);
  if (closed && card.body) forget(card);
  if (!closed && card.near) draw(card);
}

function view(card, yes) {
  if (yes) viewed.add(card.file.path); else viewed.delete(card.file.path);
  rememberViewed();
  if (card.tick) card.tick.checked = yes;
  const leaf = $("tree").querySelector(`a[data-index="${card.index}"]`);
  if (leaf) leaf.classList.toggle("viewed", yes);
  fold(card, yes);
}

/** What stands in a file's card. */
function body(card) {
  const { file } = card;
  const out = [];
  if (file.why) out.push(el("p", { class: `banner outcome-${file.outcome}` }, el("b", {}, file.outcome === "failed" ? "Left as it is: " : "Skipped: "), prose(file.why)));
  if (file.steps.length) out.push(el("ul", { class: "steps", "aria-label": "Migrations that edited this file" }, file.steps.map(stepItem)));
  const lines = new Set();
  for (const hunk of file.hunks) for (const row of numbered(hunk)) lines.add(row);
  const loose = file.findings.filter(finding => !lines.has(finding.line) && finding.message !== file.why || !lines.has(finding.line) && finding.help);
  if (loose.length) out.push(el("div", { class: "loose" }, loose.map(finding => findingNote(file, finding, true))));
  const all = choosesItems() && !card.everything;
  const fitting = file.hunks.filter(hunk => !all || hunkFits(card, hunk));
  let budget = card.unlimited ? Infinity : MOST_ROWS;
  let left = 0;
  for (const hunk of fitting) {
    if (budget <= 0) { left += hunk.lines.length; continue; }
    out.push(hunkTable(card, hunk, budget));
    left += Math.max(0, hunk.lines.length - budget);
    budget -= hunk.lines.length;
  }
  if (left > 0) out.push(el("p", { class: "rest" }, button(`Show ${counted(left, "more line")}`, () => { card.unlimited = true; forget(card); draw(card); })));
  const others = file.hunks.length - fitting.length;
  if (others > 0) out.push(el("p", { class: "rest" }, button(`Show ${counted(others, "other place")} of this file`, () => { card.everything = true; forget(card); draw(card); })));
  const removed = file.steps.filter(step => step.removed_comments && fits(step));
  if (removed.length) {
    out.push(el("div", { class: "removed" }, el("p", {}, "Comments removed together with what they belonged to:"),
      removed.map(step => el("figure", {}, el("figcaption", {}, slug(migrations[step.migration].id)), el("pre", {}, step.removed_comments.join("\n"))))));
  }
  return out;
}

// Lines of one file that are drawn at first.
const MOST_ROWS = 1200;

function* numbered(hunk) {
  let number = hunk.old;
  for (const line of hunk.lines) if (line[0] !== "+") yield number++;
}

function hunkFits(card, hunk) {
  if (!chosen.level.size && card.file.steps.some(step => hunk.migrations.includes(step.migration) && fits(step))) return true;
  const last = hunk.old + hunk.lines.filter(line => line[0] !== "+").length;
  return card.items.some(item => item.line >= hunk.old && item.line < last && fits(item));
}

function stepItem(step) {
  const migration = migrations[step.migration];
  return el("li", {}, el("span", { class: `badge safety-${migration.safety}` }, migration.safety), " ", whenBadges(step.when).map(badge => [badge, " "]).flat(), prose(nameOf(migration)),
    el("span", { class: "quiet" }, ` · ${counted(step.places, "place")}`));
}

// ---- a hunk -------------------------------------------------------------------------------------------------------------

function hunkTable(card, hunk, budget) {
  const { file } = card;
  const columns = isSplit() ? 4 : 3;
  // Whose an edit is, and when it may be merged.
  const label = number => {
    const whens = file.steps.filter(step => step.migration === number).flatMap(step => whensOf(step.when));
    return [slug(migrations[number].id), [...new Set(whens)].map(one => WHENS[one]).join(" or ")].filter(Boolean).join(" · ");
  };
  const authors = hunk.migrations.map(label);
  const table = el("table", { class: columns === 4 ? "diff split" : "diff unified" },
    el("caption", { class: "unseen" }, `${file.path}, from line ${hunk.old}`),
    el("colgroup", {}, columns === 4 ? [el("col", { class: "c-number" }), el("col", {}), el("col", { class: "c-number" }), el("col", {})] : [el("col", { class: "c-number" }), el("col", { class: "c-number" }), el("col", {})]));
  const rowsHere = el("tbody", {});
  const notes = notesByLine(file);
  const put = row => rowsHere.append(row);
  const under = number => notes.has(number) && put(el("tr", { class: "note-row" }, el("td", { colspan: columns }, notes.get(number).map(note => note()))));
  const all = rows(hunk).slice(0, budget);
  let spoke = "";
  const signed = line => {
    // Where several migrations were at work, each stretch says whose it is.
    const by = line && line.by && line.by.length ? line.by.map(label).join(", ") : "";
    if (!by || by === spoke) return;
    spoke = by;
    put(el("tr", { class: "by-row" }, el("td", { colspan: columns }, by)));
  };
  if (columns === 4) {
    for (const row of all) {
      if (!row.same) signed(row.new || row.old);
      put(el("tr", {}, side(file, row.old, row.new, row.same), side(file, row.new, row.old, row.same)));
      if (row.old) under(row.old.number);
    }
  } else {
    for (let at = 0; at < all.length;) {
      if (all[at].same) {
        const { old, new: now } = all[at++];
        put(el("tr", {}, number(old.number), number(now.number), code(file, old, old)));
        under(old.number);
        continue;
      }
      const stretch = [];
      while (at < all.length && !all[at].same) stretch.push(all[at++]);
      for (const row of stretch) if (row.old) {
        signed(row.old);
        put(el("tr", { class: "del" }, number(row.old.number), number(""), code(file, row.old, row.new)));
        under(row.old.number);
      }
      for (const row of stretch) if (row.new) {
        signed(row.new);
        put(el("tr", { class: "add" }, number(""), number(row.new.number), code(file, row.new, row.old)));
      }
    }
  }
  table.append(rowsHere);
  return el("div", { class: "hunk" },
    el("div", { class: "hunk-head" }, el("span", { class: "way" }, hunk.way || hunk.head), authors.length > 0 && el("span", { class: "authors" }, authors.join(", "))),
    table);
}

const number = n => el("td", { class: "number" }, String(n));
const side = (file, line, other, same) => line
  ? [el("td", { class: same ? "number" : line.sign === "-" ? "number del" : "number add" }, String(line.number)), code(file, line, other, same ? "" : line.sign === "-" ? "del" : "add")]
  : [el("td", { class: "number empty" }), el("td", { class: "empty" })];

/** A line with its colours, what differs from its answer, and what findings are about. */
function code(file, line, other, kind) {
  const cr = line.text.endsWith("\r");
  const text = cr ? line.text.slice(0, -1) : line.text;
  const cell = el("td", { class: kind ? `code ${kind}` : "code" }, el("span", { class: "sign" }, line.sign === "-" ? "−" : line.sign));
  const content = el("span", { class: "line" });
  // What is wrapped hangs below its own start.
  content.style.setProperty("--indent", `${Math.min(text.search(/\S|$/), 40)}ch`);
  const syntax = colours(text);
  const flags = new Uint8Array(text.length);
  for (const [from, to] of line.ranges) for (let at = from; at < to && at < flags.length; at++) flags[at] |= 1;
  if (line.sign !== "+") {
    for (const finding of file.findings) {
      if (finding.line !== line.number || finding.mark[1] <= finding.mark[0]) continue;
      for (let at = finding.mark[0]; at < finding.mark[1] && at < flags.length; at++) flags[at] |= 2 << LEVELS.indexOf(finding.level);
    }
  }
  for (let from = 0; from < text.length;) {
    let to = from + 1;
    while (to < text.length && syntax[to] === syntax[from] && flags[to] === flags[from]) to++;
    const classes = [SYNTAX[syntax[from]], flags[from] & 1 && "differs", flags[from] & 2 ? "under-error" : flags[from] & 4 ? "under-warning" : flags[from] & 8 && "under-note"].filter(Boolean).join(" ");
    content.append(...(classes ? [el("span", { class: classes }, text.slice(from, to))] : seen(text.slice(from, to))));
    from = to;
  }
  if (cr && other && other !== line && !other.text.endsWith("\r")) content.append(el("span", { class: "end" }, "␍"));
  cell.append(content);
  if (line.unended && (line.sign !== " ")) cell.append(el("span", { class: "end" }, " no newline at the end"));
  return cell;
}

/** What is to be said under a line of the text on disk. */
function notesByLine(file) {
  const notes = new Map();
  const add = (line, note) => notes.set(line, [...notes.get(line) || [], note]);
  for (const finding of file.findings) add(finding.line, () => findingNote(file, finding, false));
  for (const offer of file.offered) add(offer.line, () => offerNote(offer));
  return notes;
}

function findingNote(file, finding, loose) {
  const migration = migrations[finding.migration];
  const fitting = fits({ migration: finding.migration, level: finding.level });
  return el("div", { class: `note level-${finding.level}${fitting ? "" : " aside"}`, tabindex: "-1", "data-finding": String(fitting) },
    el("div", { class: "note-head" }, el("b", { class: "note-level" }, finding.level), el("span", { class: "note-id" }, migration.id, loose && finding.line > 0 ? ` · line ${finding.line}` : "")),
    el("p", {}, prose(finding.message)),
    finding.help && (finding.help.includes("\n") ? el("pre", { class: "help" }, finding.help) : el("p", { class: "help" }, prose(finding.help))));
}

function offerNote(offer) {
  const migration = migrations[offer.migration];
  return el("div", { class: "note offer" },
    el("div", { class: "note-head" }, el("b", { class: "note-level" }, "offered"), el("span", { class: "note-id" }, migration.id), whenBadges(offer.when)),
    el("p", {}, prose(nameOf(migration)), offer.places > 1 ? ` (${counted(offer.places, "place")} in this file, the first is here)` : ""),
    el("p", { class: "help" }, "Not edited, as it changes how things behave. See its diff with ", el("code", {}, "--safety review"), "."));
}

// ---- moving about -------------------------------------------------------------------------------------------------------

let current = null;

/** Goes to a file: it is drawn, on screen, and has the focus. */
function go(card) {
  if (!card.shown) return;
  current = card;
  draw(card);
  reveal(card);
  markCurrent();
  card.section.scrollIntoView({ block: "start" });
  $(`h${card.index}`).focus({ preventScroll: true });
  // What was drawn above it meanwhile may have moved it.
  requestAnimationFrame(() => requestAnimationFrame(() => card.section.scrollIntoView({ block: "start" })));
  history.replaceState(null, "", `#${encodeURIComponent(card.file.path)}`);
}

function step(by) {
  const shown = cards.filter(card => card.shown);
  const at = shown.indexOf(current);
  const next = at < 0 ? shown.find(card => card.section.getBoundingClientRect().bottom > 120) || shown[0] : shown[at + by];
  if (next) go(next);
}

/** Goes to the next finding, from the one that has the focus or from the current file on. */
function stepFinding(by) {
  const found = card => {
    if (card.closed) fold(card, false);
    draw(card);
    return [...card.section.querySelectorAll("[data-finding=true]")];
  };
  const shown = cards.filter(card => card.shown && card.items.some(item => item.level && fits(item)));
  const here = document.activeElement.closest("[data-finding]");
  const from = here ? cards[here.closest(".file").dataset.index] : current;
  if (here) {
    const notes = found(from);
    const next = notes[notes.indexOf(here) + by];
    if (next) return goNote(from, next);
  }
  const start = from ? from.index : by > 0 ? -1 : cards.length;
  const rest = by > 0 ? shown.filter(card => here ? card.index > start : card.index >= start) : shown.filter(card => card.index < start).reverse();
  for (const card of rest) {
    const notes = found(card);
    if (notes.length) return goNote(card, by > 0 ? notes[0] : notes.at(-1));
  }
}

function goNote(card, note) {
  current = card;
  reveal(card);
  markCurrent();
  note.scrollIntoView({ block: "center" });
  note.focus({ preventScroll: true });
  requestAnimationFrame(() => requestAnimationFrame(() => note.scrollIntoView({ block: "center" })));
}

function showAs(now) {
  split = now;
  remember({ split });
  $("view-unified").setAttribute("aria-pressed", String(!split));
  $("view-split").setAttribute("aria-pressed", String(split));
  drawBodiesAnew();
}

function drawBodiesAnew() {
  for (const card of cards) if (card.body) forget(card);
  drawNear();
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  $("theme").textContent = isDark() ? "Light" : "Dark";
}

function toggleTheme() {
  const theme = isDark() ? "light" : "dark";
  remember({ theme });
  setTheme(theme);
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => stepFinding(1),
  p: () => stepFinding(-1),
  o: () => current && fold(current, !current.closed),
  v: () => { if (current) { view(current, !viewed.has(current.file.path)); if (current.closed) step(1); } },
  u: () => showAs(!split),
  t: toggleTheme,
  "/": () => { $("search").focus(); $("search").select(); },
  "?": () => $("help").showModal(),
  Escape: clearFilters,
};

function listen() {
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    const typing = event.target.closest("input[type=search], textarea, select");
    if (typing) {
      if (event.key === "Escape") { event.preventDefault(); clearFilters(); typing.blur(); }
      return;
    }
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  let wait = 0;
  $("search").addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => { chosen.text = $("search").value.trim().toLowerCase(); refresh(); }, 120);
  });
  $("search-form").addEventListener("submit", event => { event.preventDefault(); $("cards").querySelector(".file:not([hidden]) h3")?.focus(); });
  $("view-unified").addEventListener("click", () => showAs(false));
  $("view-split").addEventListener("click", () => showAs(true));
  $("theme").addEventListener("click", toggleTheme);
  $("help-open").addEventListener("click", () => $("help").showModal());
  $("fold-all").addEventListener("click", () => cards.forEach(card => card.shown && fold(card, true)));
  $("unfold-all").addEventListener("click", () => cards.forEach(card => card.shown && fold(card, false)));
  $("side-toggle").addEventListener("click", () => {
    const open = $("side-toggle").getAttribute("aria-expanded") !== "true";
    $("side-toggle").setAttribute("aria-expanded", String(open));
    $("side-body").classList.toggle("open", open);
  });
  narrow.addEventListener("change", drawBodiesAnew);
  dark.addEventListener("change", () => setTheme());
  addEventListener("hashchange", followHash);
  // Paper has no scrolling: what is chosen is drawn, as far as that is sensible.
  addEventListener("beforeprint", () => cards.filter(card => card.shown).slice(0, 300).forEach(draw));
}

function followHash() {
  let path = "";
  try { path = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  const card = byPath.get(path);
  if (card) go(card);
}

setTheme(["light", "dark"].includes(remembered.theme) ? remembered.theme : "");
$("view-unified").setAttribute("aria-pressed", String(!split));
$("view-split").setAttribute("aria-pressed", String(split));
drawIntro();
drawWaits();
drawMigrations();
drawFilters();
drawCards();
$("app").hidden = false;
refresh();
listen();
followHash();
