//! Random changes of drafts, and the real files to try them on, where those are present.
use std::fs;
use std::path::{Path, PathBuf};
use yamlift::yaml::draft::{Body, Child, Draft, Id, Own};
use yamlift::yaml::tree::Tree;
use yamlift::yaml::trivia;
use yamlift::yaml::value::Value;

/// A small generator of numbers, so that a failure can be repeated from its seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

pub fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// A sample of the real files, as text behind any byte order mark; none where they are not present.
pub fn sample(wanted: impl Fn(&Path) -> bool) -> Vec<(PathBuf, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(root) = ["../shared/corpus", "../../shared/corpus"].iter().map(|p| here.join(p)).find(|p| p.is_dir()) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut open = vec![root];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.retain(|f| f.extension().is_some_and(|e| e == "yaml" || e == "yml") && wanted(f));
    files.sort();
    let count = number("FILES", 60).min(files.len());
    let mut dice = Dice(number("SEED", 1) as u64);
    let mut out = Vec::new();
    while out.len() < count && !files.is_empty() {
        let path = files.swap_remove(dice.roll(files.len()));
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        if text.len() < 200_000 {
            out.push((path, text));
        }
    }
    out
}

/// All values that are part of the documents, opened texts included.
pub fn nodes(draft: &Draft) -> Vec<Id> {
    let mut open = draft.docs.clone();
    let mut out = Vec::new();
    while let Some(id) = open.pop() {
        out.push(id);
        match &draft.node(id).body {
            Body::Embedded { root, .. } => open.push(*root),
            _ => open.extend(draft.children(id).iter().map(|c| c.value)),
        }
    }
    out
}

pub fn some(dice: &mut Dice) -> Value {
    let text = |t: &str| Value::Str(t.into());
    match dice.roll(9) {
        0 => {
            Value::Map(vec![(text("m"), Value::Seq(vec![Value::Int(1), text("no"), Value::Map(vec![(text("q"), Value::Null)])]))])
        }
        1 => text("two words"),
        2 => text("l1\nl2\n"),
        3 => text("# not: a comment"),
        4 => Value::Seq(vec![text("a: b"), Value::Seq(vec![Value::Int(7)])]),
        5 => text(""),
        6 => Value::Int(15),
        7 => text("ä\n\n  x\n\n"),
        _ => Value::Bool(true),
    }
}

/// One change; gives what it did, and the comments that may go with it.
pub fn change(draft: &mut Draft, dice: &mut Dice, may_go: &mut Vec<String>) -> String {
    let all = nodes(draft);
    let id = all[dice.roll(all.len())];
    let count = draft.children(id).len();
    let value = some(dice);
    match (&draft.node(id).body, dice.roll(5)) {
        (Body::Scalar { .. }, 0) => {
            let new = draft.new_value(&value);
            draft.replace(id, new);
            format!("replace a scalar by {value:?}")
        }
        (Body::Scalar { value: old, .. }, _) if !matches!(value, Value::Map(_) | Value::Seq(_)) => {
            let what = format!("set {old:?} to {value:?}");
            draft.set_scalar(id, value);
            what
        }
        (Body::Map { .. }, 0) if count > 0 && draft.find(id, "renamed").is_none() => {
            let i = dice.roll(count);
            let what = format!("rename {:?}", draft.key_text(&draft.children(id)[i]));
            draft.rename(id, i, "renamed");
            what
        }
        (Body::Map { .. } | Body::Seq { .. }, 1) if count > 0 => {
            let i = dice.roll(count);
            let what = format!("take {i} {:?}", draft.key_text(&draft.children(id)[i]));
            let child = draft.children(id)[i].clone();
            goes(draft, &child, may_go);
            draft.take(id, i);
            if count == 1 {
                // What stood between the key and its only child goes with it.
                if let Own::Kept { text, container, .. } = child.own {
                    let text = &draft.texts[text];
                    let span = trivia::region(&text.text, &text.tree, container);
                    let from = text.tree.node(container).parent.map_or(span.start, |p| text.tree.node(p).span.start);
                    may_go.extend(comments(&text.text, &text.tree, |c| from <= c.start && c.end <= span.end));
                }
            }
            what
        }
        (Body::Map { .. }, 2) if count > 0 && draft.find(id, "moved").is_none() => {
            let i = dice.roll(count);
            let Some(child) = draft.take(id, i) else { return String::new() };
            let maps: Vec<Id> = (nodes(draft).into_iter())
                .filter(|m| matches!(draft.node(*m).body, Body::Map { .. }) && draft.find(*m, "moved").is_none())
                .collect();
            let to = maps[dice.roll(maps.len())];
            let place = dice.roll(draft.children(to).len() + 1);
            let what = format!(
                "move {:?} to {place} of {:?}",
                draft.key_text(&child),
                draft.children(to).first().map(|c| draft.key_text(c))
            );
            draft.put(to, place, child);
            draft.rename(to, place, "moved");
            what
        }
        (Body::Map { .. }, _) if draft.find(id, "new").is_none() => {
            let what = format!("insert {value:?} behind {:?}", draft.children(id).first().map(|c| draft.key_text(c)));
            let (key, value) = (draft.new_value(&Value::Str("new".into())), draft.new_value(&value));
            draft.put(id, dice.roll(count + 1), Child { key: Some(key), value, own: Own::none() });
            what
        }
        (Body::Seq { .. }, _) => {
            let at = dice.roll(count + 1);
            let what = format!("item {value:?} at {at} of {count}");
            let value = draft.new_value(&value);
            draft.put(id, at, Child { key: None, value, own: Own::none() });
            what
        }
        _ => String::new(),
    }
}

/// The comments inside the extent of a child that is taken out, of texts opened in it as well.
fn goes(draft: &Draft, child: &Child, may_go: &mut Vec<String>) {
    let mut open = vec![child.clone()];
    while let Some(child) = open.pop() {
        if let Own::Kept { text, container, index } = child.own {
            let text = &draft.texts[text];
            let span = if trivia::is_block(&text.tree, container) {
                let extent = trivia::extent(&text.text, &text.tree, container, index);
                extent.lead..extent.end
            } else {
                text.tree.node(container).span.start..trivia::line_end(&text.text, text.tree.node(container).span.end)
            };
            let inside = |c: &std::ops::Range<usize>| span.start <= c.start && c.start < span.end;
            may_go.extend(comments(&text.text, &text.tree, inside));
        }
        open.extend(draft.children(child.value).iter().cloned());
        if let Body::Embedded { text, .. } = draft.node(child.value).body {
            let text = &draft.texts[text];
            may_go.extend(comments(&text.text, &text.tree, |_| true));
        }
    }
}

pub fn comments(text: &str, tree: &Tree, wanted: impl Fn(&std::ops::Range<usize>) -> bool) -> Vec<String> {
    trivia::comments(text, tree).into_iter().filter(wanted).map(|c| text[c].trim_end().to_owned()).collect()
}
