//! The engine against what YAML can be: the known pitfalls one by one, bad input, and random edits.
use std::fmt::Write as _;
use yamlift::report::apply;
use yamlift::yaml::draft::{Body, Child, Draft, Id, Own};
use yamlift::yaml::tree::{Kind, ScalarStyle, Tree};
use yamlift::yaml::value::{Value, same};
use yamlift::yaml::{render, scalar, second, syntax, trivia};

fn tree(text: &str) -> Tree {
    syntax::parse(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn refused(text: &str) -> String {
    syntax::parse(text).err().unwrap_or_else(|| panic!("accepted: {text}")).message
}

fn value(text: &str) -> Value {
    let draft = Draft::new(text, tree(text));
    draft.data(draft.docs[0])
}

fn at<'t>(text: &'t str, tree: &Tree, path: &[usize]) -> &'t str {
    let mut node = tree.docs[0].root;
    for index in path {
        node = trivia::child_value(tree, node, *index);
    }
    &text[tree.node(node).span.clone()]
}

// ---- the pitfalls, in the order they are known by ------------------------------------------------------------------

#[test]
fn pitfall_1_a_block_scalar_at_the_end_without_a_line_break() {
    let old = "a: 1\nnotes:\n- |\n  text";
    let first = vec![value(old)];
    // The second reader sees "text" where the first sees "text\n". That was so before: no reason to refuse.
    assert!(!same(&second::read(old).expect("the second reader")[0], &first[0]));
    let new = "a: 2\nnotes:\n- |\n  text";
    assert_eq!(second::agree(old, new, &first, &[value(new)]), Ok(()));
    // Another difference than the known one is refused.
    let other = "a: 0755\nnotes:\n- |\n  text";
    assert!(second::agree(old, other, &first, &[value(other)]).is_err());
    // A new block scalar at the end gets its line break, so that both readers see the same.
    let written = edit("a: 1\nb: 'x' # c", |draft| {
        let b = draft.children(draft.docs[0])[1].value;
        draft.set_scalar(b, Value::Str("one\ntwo\n".into()));
    });
    assert_eq!(written, "a: 1\nb: | # c\n  one\n  two\n");
}

#[test]
fn pitfall_2_many_comments_long_keys_deep_nesting() {
    let comments = "# c\n".repeat(500);
    tree(&format!("a: 1\n{comments}b: 2\n"));
    let key = "k".repeat(5000);
    tree(&format!("{key}: 1\n"));
    assert!(refused(&"[".repeat(10_000)).contains("255 levels"), "{}", refused(&"[".repeat(10_000)));
}

#[test]
fn pitfall_3_a_closing_bracket_at_the_parents_indent() {
    let text = "args: [\n  \"x\",\n]\nb: 1\n";
    assert_eq!(at(text, &tree(text), &[0]), "[\n  \"x\",\n]");
}

#[test]
fn pitfall_4_tabs_behind_a_colon_and_comments_behind_a_byte_order_mark() {
    let text = "a:\tb\t# c\n";
    assert_eq!(at(text, &tree(text), &[0]), "b");
    tree("# head\na: 1\n");
}

#[test]
fn pitfall_5_nothing_is_null_and_stands_behind_the_colon() {
    let text = "a:\nb: 1\n";
    let parsed = tree(text);
    let node = trivia::child_value(&parsed, parsed.docs[0].root, 0);
    assert!(parsed.node(node).is_empty());
    assert_eq!(parsed.node(node).span, 2..2);
    assert!(same(&value("a: ~\n"), &value("a:\n")));
}

#[test]
fn pitfall_6_block_scalars_with_header_and_the_lines_they_own() {
    let text = "a: |-  # c\n  x\n\nb: >+\n  y\n\n\nc: 1\n";
    let parsed = tree(text);
    assert_eq!(at(text, &parsed, &[0]), "|-  # c\n  x");
    assert_eq!(at(text, &parsed, &[1]), ">+\n  y\n\n");
}

#[test]
fn pitfall_7_emptied_collections() {
    let emptied = edit("tls:\n  mode: X\n", |draft| {
        let tls = draft.children(draft.docs[0])[0].value;
        draft.take(tls, 0);
    });
    assert_eq!(emptied, "tls: {}\n");
    let pulled = edit("- # above\n  a: 1\n  b: 2\n", |draft| {
        let item = draft.children(draft.docs[0])[0].value;
        draft.take(item, 0);
    });
    assert!(pulled.contains("b: 2") && !pulled.contains("a: 1"), "{pulled}");
}

#[test]
fn pitfall_8_which_comments_belong_to_an_entry() {
    let text = "a: 1\n\n# section\n\n# about b\nb:\n  c: 1\n    # deeper\nd: 2\n";
    let gone = edit(text, |draft| drop(draft.take(draft.docs[0], 1)));
    assert_eq!(gone, "a: 1\n\n# section\n\nd: 2\n");
}

#[test]
fn pitfall_9_quotes_for_readers_of_1_1_and_1_2() {
    for text in [
        "yes",
        "n",
        "1e3",
        "0o14",
        "2024-01-01",
        "*.example.com",
        "null",
        "~",
        "0x1F",
        "1_000",
        "12:30:00",
        "<<",
        "=",
        ".5",
        "- x",
    ] {
        let written = scalar::write_string(text, scalar::Quote::Plain, false);
        assert!(written.starts_with(['\'', '"']), "{text} was written {written}");
        let line = format!("a: {written}\n");
        assert!(same(&value(&line), &Value::Map(vec![(Value::Str("a".into()), Value::Str(text.into()))])), "{line}");
        assert!(same(&second::read(&line).expect("the second reader")[0], &value(&line)), "{line}");
    }
    for text in ["a", "a.b/c:d", "10s", "v1.2.3", "a b", "x-1", "/dev/stdout"] {
        assert_eq!(scalar::write_string(text, scalar::Quote::Plain, false), text);
    }
}

#[test]
fn pitfall_10_anchors_survive_a_set() {
    let text = "image: &img v1\nb: *img\n";
    let new = edit(text, |draft| {
        let image = draft.children(draft.docs[0])[0].value;
        draft.set_scalar(image, Value::Str("v2".into()));
    });
    assert_eq!(new, "image: &img v2\nb: *img\n");
    let mut draft = Draft::new(text, tree(text));
    draft.take(draft.docs[0], 0);
    assert!(draft.dangling().is_some());
}

#[test]
fn pitfall_11_duplicate_keys_are_refused_but_types_tell_keys_apart() {
    assert!(refused("a: 1\nb: 2\na: 3\n").contains("duplicate key `a`"));
    assert!(refused("x: {a: 1, a: 2}\n").contains("duplicate"));
    tree("8080: a\n\"8080\": b\n");
}

#[test]
fn pitfall_12_a_comment_behind_a_value_that_becomes_a_block() {
    let new = edit("a: v # c\nb: 1\n", |draft| {
        let a = draft.children(draft.docs[0])[0].value;
        draft.set_scalar(a, Value::Str("one\ntwo".into()));
    });
    assert!(same(&value(&new), &value("a: \"one\\ntwo\"\nb: 1\n")), "{new}");
    assert!(new.contains("# c"), "{new}");
}

#[test]
fn pitfall_13_an_unquoted_star_is_an_unknown_alias() {
    let error = syntax::parse("hosts:\n- *.example.com\n").expect_err("an alias");
    assert_eq!(yamlift::source::line_column("hosts:\n- *.example.com\n", error.at).0, 2);
    assert!(error.help.is_some_and(|h| h.contains("quote")));
}

#[test]
fn pitfall_14_line_ends_are_kept_and_a_lone_cr_is_refused() {
    assert!(refused("a: 1\rb: 2\n").contains("carriage return"));
    let new = edit("a: 1\r\nb:\r\n  c: 2\r\n", |draft| {
        let b = draft.children(draft.docs[0])[1].value;
        let (key, value) = (draft.new_value(&Value::Str("d".into())), draft.new_value(&Value::Int(3)));
        draft.put(b, usize::MAX, Child { key: Some(key), value, own: Own::none() });
    });
    assert_eq!(new, "a: 1\r\nb:\r\n  c: 2\r\n  d: 3\r\n");
}

#[test]
fn pitfall_15_masked_keys_may_be_equal() {
    let text = "{{ .a }}: 1\n{{ .b }}: 2\n";
    let parsed = yamlift::view::helm::parse(text, 0).expect("a template").tree;
    assert_eq!(yamlift::view::helm::masked(text).len(), text.len());
    assert_eq!(trivia::child_count(&parsed, parsed.docs[0].root), 2);
}

// ---- bad input -----------------------------------------------------------------------------------------------------

#[test]
fn nothing_panics_or_hangs() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..30 {
        let before = format!("*a{}, ", i - 1).repeat(9);
        writeln!(bomb, "a{i}: &a{i} [{}]", before.trim_end_matches(", ")).expect("a string");
    }
    assert!(refused(&bomb).contains("aliases"));
    for text in [
        "- ".repeat(10_000),
        "? ".repeat(10_000),
        ": ".repeat(10_000),
        "{a: ".repeat(10_000),
        "a: &a [*a]\n".to_owned(),
        "a: [\n".to_owned(),
        "\t- a\n".to_owned(),
        "a: \"\n".to_owned(),
        "%YAML 9.9\n---\n".to_owned(),
        "---\n...\n...\n".to_owned(),
        format!("a: {}\n", "x".repeat(1 << 20)),
    ] {
        // Either way is fine; neither may take the process down.
        if let Ok(parsed) = syntax::parse(&text) {
            let draft = Draft::new(&text, parsed);
            draft.docs.iter().for_each(|doc| drop(draft.data(*doc)));
        }
    }
}

// ---- random edits --------------------------------------------------------------------------------------------------

/// A small generator of numbers, so that a failure can be repeated from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

fn edit(text: &str, change: impl FnOnce(&mut Draft)) -> String {
    let mut draft = Draft::new(text, tree(text));
    change(&mut draft);
    apply(text, &render::render(&draft).expect("it can be written"))
}

const SCALARS: &[&str] = &[
    "1",
    "x",
    "'it''s'",
    "\"q\\n\"",
    "true",
    "~",
    "\"\"",
    "a b",
    "&A y",
    "|\n@  one\n@\n@  two",
    ">-\n@  f\n@  g",
    "{a: 1, b: [x]}",
    "[]",
    "{}",
];
const COMMENTS: &[&str] = &["", "", "", "  # c", " # ünï"];

/// A random block document; `@` in a block scalar stands for the indentation of its entry.
fn document(dice: &mut Dice, depth: usize, indent: usize) -> String {
    let mut out = String::new();
    let pad = " ".repeat(indent);
    let list = depth > 0 && dice.roll(3) == 0;
    for i in 0..=dice.roll(4) {
        if dice.roll(5) == 0 {
            out += "\n";
        }
        if dice.roll(4) == 0 {
            writeln!(out, "{pad}# about {i}").expect("a string");
        }
        let comment = COMMENTS[dice.roll(COMMENTS.len())];
        let head = if list { format!("{pad}-") } else { format!("{pad}k{i}:") };
        if depth < 3 && dice.roll(2) == 0 {
            if list {
                let inner = document(dice, depth + 1, indent + 2);
                let inner = inner.trim_start_matches(['\n']);
                let first = inner.lines().next().unwrap_or_default();
                if first.trim_start().starts_with('#') {
                    writeln!(out, "{head}\n{}", inner.trim_end_matches('\n')).expect("a string");
                } else {
                    writeln!(out, "{head} {}", inner.trim_start().trim_end_matches('\n')).expect("a string");
                }
            } else {
                write!(out, "{head}{comment}\n{}", document(dice, depth + 1, indent + 2)).expect("a string");
            }
            continue;
        }
        let scalar = SCALARS[dice.roll(SCALARS.len())].replace('@', &pad).replace("&A", &format!("&n{}", dice.roll(1 << 20)));
        match scalar.split_once('\n') {
            Some((first, rest)) => writeln!(out, "{head} {first}{comment}\n{rest}").expect("a string"),
            None => writeln!(out, "{head} {scalar}{comment}").expect("a string"),
        }
    }
    out
}

/// All nodes of a draft that are part of its documents.
fn nodes(draft: &Draft) -> Vec<Id> {
    let mut open = draft.docs.clone();
    let mut out = Vec::new();
    while let Some(id) = open.pop() {
        out.push(id);
        open.extend(draft.children(id).iter().map(|c| c.value));
    }
    out
}

fn change(draft: &mut Draft, dice: &mut Dice) {
    let all = nodes(draft);
    let id = all[dice.roll(all.len())];
    let count = draft.children(id).len();
    let some = match dice.roll(4) {
        0 => Value::Map(vec![(Value::Str("m".into()), Value::Seq(vec![Value::Int(1), Value::Str("no".into())]))]),
        1 => Value::Str("two words".into()),
        2 => Value::Str("l1\nl2\n".into()),
        _ => Value::Bool(true),
    };
    match (&draft.node(id).body, dice.roll(4)) {
        (Body::Scalar { .. }, 0) => {
            let new = draft.new_value(&some);
            draft.replace(id, new);
        }
        (Body::Scalar { .. }, _) if !matches!(some, Value::Map(_)) => draft.set_scalar(id, some),
        (Body::Map { .. }, 0) if count > 0 && draft.find(id, "renamed").is_none() => {
            draft.rename(id, dice.roll(count), "renamed")
        }
        (Body::Map { .. } | Body::Seq { .. }, 1) if count > 0 => drop(draft.take(id, dice.roll(count))),
        (Body::Map { .. }, _) if draft.find(id, "new").is_none() => {
            let (key, value) = (draft.new_value(&Value::Str("new".into())), draft.new_value(&some));
            draft.put(id, dice.roll(count + 1), Child { key: Some(key), value, own: Own::none() });
        }
        (Body::Seq { .. }, _) => {
            let value = draft.new_value(&some);
            draft.put(id, dice.roll(count + 1), Child { key: None, value, own: Own::none() });
        }
        _ => {}
    }
}

#[test]
fn random_edits_mean_what_they_say() {
    let rounds = std::env::var("ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(4000);
    let mut refusals = 0;
    for seed in 0..rounds {
        let mut dice = Dice(seed * 7919 + 1);
        let mut text = document(&mut dice, 0, 0);
        match dice.roll(6) {
            0 => text = text.replace('\n', "\r\n"),
            1 => text.truncate(text.trim_end_matches('\n').len()),
            2 => text = format!("---\n{text}---\nz: 1\n"),
            _ => {}
        }
        let Ok(parsed) = syntax::parse(&text) else { continue };
        let mut draft = Draft::new(&text, parsed);
        for _ in 0..=dice.roll(3) {
            change(&mut draft, &mut dice);
        }
        let Ok(splices) = render::render(&draft) else {
            refusals += 1;
            continue;
        };
        let new = apply(&text, &splices);
        let intended: Vec<Value> = draft.docs.iter().map(|d| draft.data(*d)).collect();
        let again = syntax::parse(&new).unwrap_or_else(|e| panic!("seed {seed}: {e}\n--- old\n{text}--- new\n{new}---"));
        let now = Draft::new(&new, again);
        let got: Vec<Value> = now.docs.iter().map(|d| now.data(*d)).collect();
        assert!(
            intended.len() == got.len() && intended.iter().zip(&got).all(|(a, b)| same(a, b)),
            "seed {seed}\n--- old\n{text}--- new\n{new}---\n{intended:?}\n{got:?}"
        );
        if text.contains("\r\n") {
            assert!(!new.replace("\r\n", "").contains('\n'), "seed {seed}: a lone line feed\n{new:?}");
        }
        let before = Draft::new(&text, tree(&text));
        let first: Vec<Value> = before.docs.iter().map(|d| before.data(*d)).collect();
        if let Err(why) = second::agree(&text, &new, &first, &intended) {
            panic!("seed {seed}: {why}\n--- old\n{text}--- new\n{new}---");
        }
    }
    assert!(refusals * 50 < rounds as usize, "{refusals} of {rounds} refused");
}

#[test]
fn spans_slice_back_to_their_values() {
    for seed in 0..2000 {
        let mut dice = Dice(seed + 77);
        let text = document(&mut dice, 0, 0);
        let Ok(parsed) = syntax::parse(&text) else { continue };
        for node in &parsed.nodes {
            let slice = &text[node.span.clone()];
            if let Some(parent) = node.parent {
                let around = &parsed.node(parent).span;
                assert!(around.start <= node.span.start && node.span.end <= around.end, "seed {seed}: {slice}");
            }
            if let Kind::Scalar { value, style } = &node.kind {
                let fits = match style {
                    ScalarStyle::Plain => slice == value || slice.contains('\n'),
                    ScalarStyle::Single => slice.starts_with('\'') && slice.ends_with('\''),
                    ScalarStyle::Double => slice.starts_with('"') && slice.ends_with('"'),
                    ScalarStyle::Literal => slice.starts_with('|'),
                    ScalarStyle::Folded => slice.starts_with('>'),
                };
                assert!(fits, "seed {seed}: {style:?} {slice:?} {value:?}");
            }
        }
    }
}
