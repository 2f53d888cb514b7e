//! Random edits on real files, where they are present: the new text must mean what was intended, to three readers.
//!
//! `FILES=n` takes n files (default 60), `ROUNDS=n` edits of each in each form (default 2), `SEED=n` another sample.
mod dice;
use dice::{Dice, change, comments, nodes, number, sample};
use std::panic::{AssertUnwindSafe, catch_unwind};
use yamlift::report::{Splice, apply};
use yamlift::yaml::draft::{Body, Draft, Id};
use yamlift::yaml::tree::{Kind, ScalarStyle, Tree};
use yamlift::yaml::value::{Value, same};
use yamlift::yaml::{render, second, syntax, trivia};

/// Opens a scalar of several lines that holds a map or list.
fn open_some(draft: &mut Draft, dice: &mut Dice) -> Option<Id> {
    let texts: Vec<Id> = (nodes(draft).into_iter())
        .filter(|id| match &draft.node(*id).body {
            Body::Scalar { text, .. } => text.contains('\n') || text.starts_with('{'),
            _ => false,
        })
        .collect();
    let id = *texts.get(dice.roll(texts.len()))?;
    let origin = draft.node(id).origin?;
    let text = &draft.texts[origin.text];
    let view = yamlift::view::open(&text.text, &text.tree, origin.node).ok()?;
    let tree = syntax::parse(&view.text).ok().filter(|t| t.docs.len() == 1)?;
    let root = tree.docs[0].root;
    matches!(tree.node(root).kind, Kind::Map { .. } | Kind::Seq { .. }).then_some(())?;
    draft.embed(id, view.text, tree, view.carry).ok()
}

/// The data of a node with opened scalars as the strings that they are.
fn outer(draft: &Draft, id: Id) -> Value {
    match &draft.node(id).body {
        Body::Embedded { .. } => Value::Str(render::inner_text(draft, id).expect("inner text")),
        Body::Map { children, .. } => {
            Value::Map(children.iter().map(|c| (c.key.map_or(Value::Null, |k| outer(draft, k)), outer(draft, c.value))).collect())
        }
        Body::Seq { children, .. } => Value::Seq(children.iter().map(|c| outer(draft, c.value)).collect()),
        Body::Alias(target) => outer(draft, *target),
        Body::Scalar { value, .. } => value.clone(),
    }
}

fn documents(draft: &Draft) -> Vec<Value> {
    draft.docs.iter().map(|d| outer(draft, *d)).collect()
}

/// What a third reader sees, scalars by their text.
fn third(text: &str) -> Option<Vec<Value>> {
    use yaml_rust2::{Yaml, YamlLoader};
    fn convert(yaml: &Yaml) -> Value {
        match yaml {
            Yaml::Real(text) | Yaml::String(text) => Value::Str(text.clone()),
            Yaml::Integer(i) => Value::Str(i.to_string()),
            Yaml::Boolean(b) => Value::Str(b.to_string()),
            Yaml::Array(items) => Value::Seq(items.iter().map(convert).collect()),
            Yaml::Hash(map) => Value::Map(map.iter().map(|(k, v)| (convert(k), convert(v))).collect()),
            _ => Value::Null,
        }
    }
    YamlLoader::load_from_str(text).ok().map(|docs| docs.iter().map(convert).collect())
}

/// Scalars by their text.
fn plain(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Seq(items) => Value::Seq(items.iter().map(plain).collect()),
        Value::Map(entries) => Value::Map(entries.iter().map(|(k, v)| (plain(k), plain(v))).collect()),
        Value::Tagged(_, inner) => plain(inner),
        scalar => Value::Str(scalar.scalar_text()),
    }
}

fn all_same(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// The first place in which two lists of documents differ.
fn difference(a: &[Value], b: &[Value]) -> String {
    let found = a.iter().zip(b).find(|(a, b)| !same(a, b));
    match found {
        Some((Value::Seq(a), Value::Seq(b))) => difference(a, b),
        Some((Value::Map(a), Value::Map(b))) => {
            let flat = |map: &[(Value, Value)]| map.iter().flat_map(|(k, v)| [k.clone(), v.clone()]).collect::<Vec<_>>();
            difference(&flat(a), &flat(b))
        }
        Some((a, b)) => format!("{b:?} where {a:?} is meant"),
        None => format!("{} where {} are meant", b.len(), a.len()),
    }
}

enum Round {
    Done,
    Refused(String),
}

fn round(text: &str, dice: &mut Dice) -> Result<Round, String> {
    let Ok(tree) = syntax::parse(text) else { return Ok(Round::Done) };
    if tree.docs.is_empty() {
        return Ok(Round::Done);
    }
    let mut draft = Draft::new(text, tree.clone());
    let before = documents(&draft);
    // An anchor may go, or come to stand behind its alias; the proof refuses that.
    let tangled = tree.nodes.iter().any(|n| matches!(n.kind, Kind::Alias { .. }));
    let mut may_go = Vec::new();
    let mut did = Vec::new();
    if dice.roll(2) == 0 {
        open_some(&mut draft, dice);
        if dice.roll(3) == 0 {
            open_some(&mut draft, dice);
        }
    }
    for _ in 0..=dice.roll(3) {
        did.push(change(&mut draft, dice, &mut may_go));
    }
    let splices = match render::render(&draft) {
        Ok(splices) => splices,
        Err(why) => return Ok(Round::Refused(format!("{why}: {did:?}"))),
    };
    let fail = |why: String, new: &str| Err(format!("{why}\n{did:#?}\n{}", excerpts(text, new, &splices)));
    let mut from = 0;
    for splice in &splices {
        if splice.at.start < from || !text.is_char_boundary(splice.at.start) || !text.is_char_boundary(splice.at.end) {
            return fail("splices overlap or cut a character".into(), "");
        }
        from = splice.at.end;
    }
    let new = apply(text, &splices);
    let intended = documents(&draft);
    let now = match syntax::parse(&new) {
        Ok(tree) => Draft::new(&new, tree),
        Err(why) if tangled => return Ok(Round::Refused(why.to_string())),
        Err(why) => return fail(format!("does not parse: {why} at {}", why.at), &new),
    };
    let got = documents(&now);
    if !all_same(&intended, &got) {
        if tangled {
            return Ok(Round::Refused("an alias stands for something else".into()));
        }
        return fail(format!("means something else: {}", difference(&intended, &got)), &new);
    }
    if text.contains("\r\n") && new.replace("\r\n", "").contains('\n') {
        return fail("a lone line feed".into(), &new);
    }
    if let Err(why) = second::agree(text, &new, &before, &intended) {
        return fail(why, &new);
    }
    if let Some(old) = third(text)
        && all_same(&old, &before.iter().map(plain).collect::<Vec<_>>())
    {
        match third(&new) {
            // It wants a closing bracket deeper than the key.
            None if text.contains("\n]") || text.lines().any(|l| l.trim_start().starts_with([']', '}'])) => {}
            None => return fail("a third reader cannot read it".into(), &new),
            Some(seen) if !all_same(&seen, &intended.iter().map(plain).collect::<Vec<_>>()) => {
                return fail("a third reader sees something else".into(), &new);
            }
            _ => {}
        }
    }
    let mut left = comments(&new, &now.texts[0].tree, |_| true);
    for comment in comments(text, &tree, |_| true) {
        match [&mut left, &mut may_go].into_iter().find_map(|v| v.iter().position(|c| *c == comment).map(|at| (v, at))) {
            Some((from, at)) => drop(from.swap_remove(at)),
            None => return fail(format!("lost: {comment}"), &new),
        }
    }
    Ok(Round::Done)
}

fn excerpts(text: &str, new: &str, splices: &[Splice]) -> String {
    let mut out = String::new();
    let mut shift = 0_isize;
    for splice in splices {
        let start = trivia::line_start(text, trivia::line_start(text, splice.at.start).saturating_sub(1));
        let end = trivia::next_line(text, trivia::next_line(text, splice.at.end));
        out += &format!("--- old @{}\n{}", splice.at.start, &text[start..end]);
        let grown = splice.with.len() as isize - splice.at.len() as isize;
        let (from, to) = (start.saturating_add_signed(shift), end.saturating_add_signed(shift + grown));
        out += &format!("--- new\n{}\n", new.get(from..to).unwrap_or_default());
        shift += grown;
    }
    out
}

#[test]
fn random_edits_of_real_files() {
    let rounds = number("ROUNDS", 2);
    let (mut done, mut refused, mut failures) = (0, Vec::new(), Vec::new());
    for (path, text) in sample(|_| true) {
        let crlf = if text.contains('\r') { text.clone() } else { text.replace('\n', "\r\n") };
        let cut = text.trim_end_matches(['\n', '\r']).to_owned();
        for (form, text) in [("as it is", &text), ("CRLF", &crlf), ("no last line break", &cut)] {
            for seed in 0..rounds {
                let mut dice = Dice((seed * 7919 + text.len()) as u64);
                let result = catch_unwind(AssertUnwindSafe(|| round(text, &mut dice)));
                match result {
                    Ok(Ok(Round::Done)) => done += 1,
                    Ok(Ok(Round::Refused(why))) => refused.push(why),
                    Ok(Err(why)) => failures.push(format!("{} ({form}, {seed}): {why}", path.display())),
                    Err(_) => failures.push(format!("{} ({form}, {seed}): panicked", path.display())),
                }
            }
        }
    }
    if std::env::var_os("REFUSED").is_some() {
        failures.extend(refused.iter().cloned());
    }
    assert!(
        failures.is_empty(),
        "{} failed, {done} done, {} refused\n{}",
        failures.len(),
        refused.len(),
        failures.join("\n=====\n")
    );
    assert!(refused.len() * 20 <= done + refused.len(), "{} of {} refused", refused.len(), done + refused.len());
}

/// Spans nest, and slice back to what was read.
fn spans(text: &str, tree: &Tree) -> Result<(), String> {
    for node in &tree.nodes {
        let Some(slice) = text.get(node.span.clone()) else { return Err(format!("{:?} cuts a character", node.span)) };
        if let Some(parent) = node.parent {
            let around = &tree.node(parent).span;
            if node.span.start < around.start || around.end < node.span.end {
                return Err(format!("{slice:?} sticks out"));
            }
        }
        if let Kind::Scalar { value, style } = &node.kind {
            let fits = match style {
                ScalarStyle::Plain => slice == value || slice.contains('\n'),
                ScalarStyle::Single => slice.len() > 1 && slice.starts_with('\'') && slice.ends_with('\''),
                ScalarStyle::Double => slice.len() > 1 && slice.starts_with('"') && slice.ends_with('"'),
                ScalarStyle::Literal => slice.starts_with('|'),
                ScalarStyle::Folded => slice.starts_with('>'),
            };
            if !fits {
                return Err(format!("{style:?} {slice:?} for {value:?}"));
            }
        }
    }
    Ok(())
}

#[test]
fn damaged_files_never_panic() {
    let mut failures = Vec::new();
    let rounds = number("ROUNDS", 2) * 4;
    for (path, text) in sample(|_| true) {
        let text: String = text.chars().take(3000).collect();
        let mut dice = Dice(text.len() as u64);
        for _ in 0..rounds {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=dice.roll(4) {
                let at = dice.roll(bytes.len());
                let odd = b":-#|>&*!{}[],'\"?%@ \t\n~.x";
                match dice.roll(4) {
                    0 if !bytes.is_empty() => drop(bytes.remove(at)),
                    1 if !bytes.is_empty() => bytes[at] = odd[dice.roll(odd.len())],
                    2 => {
                        let other = dice.roll(bytes.len());
                        let piece: Vec<u8> = bytes[at.min(other)..at.max(other)].iter().copied().take(40).collect();
                        bytes.splice(at..at, piece);
                    }
                    _ => bytes.insert(at, odd[dice.roll(odd.len())]),
                }
            }
            let Ok(damaged) = String::from_utf8(bytes) else { continue };
            let result = catch_unwind(|| match syntax::parse(&damaged) {
                Ok(tree) => spans(&damaged, &tree).map(|()| drop(trivia::comments(&damaged, &tree))),
                Err(_) => Ok(()),
            });
            match result {
                Ok(Ok(())) => {}
                Ok(Err(why)) => failures.push(format!("{}: {why}", path.display())),
                Err(_) => failures.push(format!("{}: panicked on {damaged:?}", path.display())),
            }
        }
    }
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_second_reader_agrees_with_the_first_on_what_did_not_change() {
    for (path, text) in sample(|_| true) {
        let Ok(tree) = syntax::parse(&text) else { continue };
        let first = documents(&Draft::new(&text, tree));
        assert_eq!(second::agree(&text, &text, &first, &first), Ok(()), "{}", path.display());
    }
}
