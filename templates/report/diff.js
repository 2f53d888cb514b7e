// Lines of a diff: which of them answer each other, what differs within them, and their colours.
"use strict";

const SYNTAX = ["", "s-key", "s-text", "s-number", "s-word", "s-comment", "s-mark", "s-template"];
const [PLAIN, KEY, TEXT, NUMBER, WORD, COMMENT, MARK, TEMPLATE] = SYNTAX.keys();

// A longer line stays without colours: nobody reads it, and it would cost more than all others.
const LONGEST = 2000;

const QUOTED = /"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?/y;
const KEY_HERE = /(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:,"'{}[\]&*!|>%@`-](?:[^#:,{}[\]]|:(?=\S)|#)*?|-[^\s:](?:[^#:,{}[\]]|:(?=\S))*?)\s*(?=:(?:\s|$))/y;
const PLAIN_HERE = /[^\s,{}[\]#](?:[^\s,{}[\]]|[ \t]+(?![#\s]))*?(?=\s*$|\s+#|\s*[,}\]]|\s*\{\{)/y;
const NUMBER_WHOLE = /^[-+]?(?:\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|0x[\da-f]+|0o[0-7]+|\.inf|\.nan)$/i;
const WORD_WHOLE = /^(?:true|false|yes|no|on|off|null|~)$/i;

/** The colour of each character of a YAML line, as numbers of SYNTAX. A line is read by itself. */
function colours(line) {
  const out = new Uint8Array(line.length);
  if (line.length > LONGEST) return out;
  const paint = (from, to, colour) => out.fill(colour, from, to);
  const match = (pattern, at) => {
    pattern.lastIndex = at;
    const hit = pattern.exec(line);
    return hit && hit[0].length > 0 ? at + hit[0].length : 0;
  };
  let at = 0, keyMayCome = true, end;
  if (/^(---|\.\.\.)(\s|$)/.test(line)) { paint(0, 3, MARK); at = 3; }
  while (at < line.length) {
    const c = line[at];
    if (c === " " || c === "\t") { at++; continue; }
    if (c === "#" && (at === 0 || /\s/.test(line[at - 1]))) { paint(at, line.length, COMMENT); break; }
    if (line.startsWith("{{", at)) {
      end = line.indexOf("}}", at);
      end = end < 0 ? line.length : end + 2;
      paint(at, end, TEMPLATE); at = end; continue;
    }
    if (keyMayCome && (end = match(KEY_HERE, at))) { paint(at, end, KEY); at = end; keyMayCome = false; continue; }
    if (c === ":" || "{}[],".includes(c) || (c === "-" || c === "?") && /^\s?$/.test(line[at + 1] || "")) {
      paint(at, at + 1, MARK); at++;
      keyMayCome = c !== ":";
      continue;
    }
    if (c === '"' || c === "'") { end = match(QUOTED, at) || at + 1; paint(at, end, TEXT); at = end; continue; }
    if ("&*!".includes(c)) { end = match(/[&*!][^\s,{}[\]]*/y, at) || at + 1; paint(at, end, WORD); at = end; continue; }
    if (/^[|>][-+0-9]*\s*(#|$)/.test(line.slice(at))) { end = match(/[|>][-+0-9]*/y, at); paint(at, end, MARK); at = end; continue; }
    end = match(PLAIN_HERE, at) || at + 1;
    const word = line.slice(at, end);
    paint(at, end, NUMBER_WHOLE.test(word) ? NUMBER : WORD_WHOLE.test(word) ? WORD : TEXT);
    at = end; keyMayCome = false;
  }
  return out;
}

const pieces = line => line.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) || [];

/** How alike two lines are, from 0 to 1: the words that they share. */
function alike(a, b) {
  const words = line => pieces(line).filter(piece => piece.trim() && /[\p{L}\p{N}]/u.test(piece));
  const [left, right] = [words(a), words(b)];
  if (!left.length || !right.length) return a.trim() === b.trim() ? 1 : 0;
  const count = new Map();
  for (const word of left) count.set(word, (count.get(word) || 0) + 1);
  let shared = 0;
  for (const word of right) {
    const left = count.get(word) || 0;
    if (left) { shared++; count.set(word, left - 1); }
  }
  return 2 * shared / (left.length + right.length);
}

// Below this two lines have nothing to do with each other.
const ALIKE = 0.4;
// Pairs of lines that are compared in one change; beyond it lines are paired in their order.
const MOST_PAIRS = 4000;

/** Pairs of removed and added lines that answer each other, in order: [[0, 1], …]. */
function pairs(removed, added) {
  if (!removed.length || !added.length) return [];
  const [rows, columns] = [removed.length, added.length];
  if (rows * columns > MOST_PAIRS) {
    return Array.from({ length: Math.min(rows, columns) }, (_, n) => [n, n]).filter(([n]) => alike(removed[n], added[n]) >= ALIKE);
  }
  const best = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1));
  const score = removed.map(a => added.map(b => alike(a, b)));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const both = score[i][j] >= ALIKE ? score[i][j] + best[i + 1][j + 1] : 0;
      best[i][j] = Math.max(both, best[i + 1][j], best[i][j + 1]);
    }
  }
  const out = [];
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (score[i][j] >= ALIKE && best[i][j] === score[i][j] + best[i + 1][j + 1]) out.push([i++, j++]);
    else if (best[i][j] === best[i + 1][j]) i++;
    else j++;
  }
  return out;
}

/** The ranges that differ within two lines: those of the first, those of the second. */
function differences(a, b) {
  const [left, right] = [pieces(a), pieces(b)];
  let start = 0, end = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const middle = [left.slice(start, left.length - end), right.slice(start, right.length - end)];
  const kept = middle[0].length * middle[1].length > 40000 ? [new Set(), new Set()] : common(...middle);
  return [left, right].map((side, n) => {
    const ranges = [];
    let at = 0;
    side.forEach((piece, i) => {
      // Another indentation is seen as it is.
      const inside = (at > 0 || piece.trim()) && i >= start && i < side.length - end && !kept[n].has(i - start);
      const last = ranges.at(-1);
      if (inside && last && last[1] === at) last[1] += piece.length;
      else if (inside) ranges.push([at, at + piece.length]);
      at += piece.length;
    });
    return ranges;
  });
}

/** The pieces that two lists share in order, by their numbers in each. */
function common(a, b) {
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const kept = [new Set(), new Set()];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) { if (a[i].trim()) { kept[0].add(i); kept[1].add(j); } i++; j++; }
    else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  return kept;
}

/**
 * The rows of a hunk: { old, new } with { sign, text, number, ranges, by, index } each, null where a side has nothing. Context has
 * both sides, a change has those of its lines that answer each other in one row.
 */
function rows(hunk) {
  const out = [];
  let [oldNumber, newNumber] = [hunk.old, hunk.new];
  const line = (index, number) => ({
    sign: hunk.lines[index][0],
    text: hunk.lines[index].slice(1),
    number,
    ranges: [],
    by: hunk.by ? hunk.by[index] : [],
    unended: (hunk.unended || []).includes(index),
  });
  for (let at = 0; at < hunk.lines.length;) {
    if (hunk.lines[at][0] === " ") {
      const one = line(at, oldNumber++);
      out.push({ same: true, old: one, new: { ...one, number: newNumber++ } });
      at++;
      continue;
    }
    const [removed, added] = [[], []];
    for (; at < hunk.lines.length && hunk.lines[at][0] !== " "; at++) {
      if (hunk.lines[at][0] === "-") removed.push(line(at, oldNumber++));
      else added.push(line(at, newNumber++));
    }
    out.push(...change(removed, added));
  }
  return out;
}

function change(removed, added) {
  const out = [];
  let [i, j] = [0, 0];
  const alone = (untilOld, untilNew) => {
    // What has no answer shares rows, so that a side has no holes where none are needed.
    while (i < untilOld || j < untilNew) {
      out.push({ old: i < untilOld ? removed[i++] : null, new: j < untilNew ? added[j++] : null });
    }
  };
  for (const [old, now] of pairs(removed.map(line => line.text), added.map(line => line.text))) {
    alone(old, now);
    [removed[old].ranges, added[now].ranges] = differences(removed[old].text, added[now].text);
    out.push({ old: removed[old], new: added[now] });
    [i, j] = [old + 1, now + 1];
  }
  alone(removed.length, added.length);
  return out;
}
