//! The verbs of a rule, as authored.
use super::PackError;
use super::author::Fields;
use super::compile::Compiler;
use super::path::{self, Path, Segment};
use super::texts::whole_expression;
use super::{Action, Clash, Order, SetTo, Stanza, Text, Verb, Wrap};
use crate::expr::Mode;
use crate::yaml::draft::Id;
use crate::yaml::syntax;
use crate::yaml::value::Value;

const VERBS: &[&str] = &["rename", "set", "insert", "move", "copy", "wrap", "remove", "replace", "add-document", "within"];

pub fn read(compiler: &mut Compiler, node: Id) -> Result<Vec<Verb>, PackError> {
    let page = compiler.page;
    let mut out = Vec::new();
    for item in page.list(node) {
        let known: Vec<&str> = VERBS.iter().copied().chain(["if", "do"]).collect();
        if !page.is_map(item) {
            let error = page.error(item, "a verb is a map, such as `- remove: $.spec.old`");
            return Err(PackError { help: Some(format!("verbs: {}", VERBS.join(", "))), ..error });
        }
        let fields = page.fields(item, &known)?;
        let Some((name, value)) = fields.one_of(VERBS) else {
            let mut error = page.error(item, "a verb is missing here");
            error.help = Some(format!("one of {}", VERBS.join(", ")));
            return Err(error);
        };
        if VERBS.iter().filter(|v| fields.get(v).is_some()).count() > 1 {
            return Err(page.error(item, "one verb at a time: give each its own `-`"));
        }
        if fields.get("do").is_some() && name != "within" {
            return Err(page.error(item, "`do` belongs to `within`"));
        }
        let cond = fields.get("if").map(|n| compiler.condition(n)).transpose()?;
        let action = action(compiler, name, value, &fields)?;
        out.push(Verb { line: page.line(item), cond, action });
    }
    Ok(out)
}

fn action(compiler: &mut Compiler, name: &str, value: Id, outer: &Fields) -> Result<Action, PackError> {
    let page = compiler.page;
    Ok(match name {
        "rename" => {
            let fields = page.fields(value, &["at", "to", "clash"])?;
            Action::Rename {
                at: compiler.paths(fields.need("at")?)?,
                to: key_name(compiler, fields.need("to")?, "`rename` takes a name; to put it elsewhere use `move`")?,
                clash: clash(compiler, &fields)?,
            }
        }
        "set" => {
            let fields = page.fields(value, &["at", "to"])?;
            Action::Set { at: compiler.paths(fields.need("at")?)?, to: set_to(compiler, fields.need("to")?)? }
        }
        "insert" => {
            let fields = page.fields(value, &["in", "yaml", "template", "before", "after", "first", "clash"])?;
            Action::Insert {
                into: compiler.paths(fields.need("in")?)?,
                stanza: stanza(compiler, value, &fields)?,
                order: order(compiler, &fields)?,
                clash: clash(compiler, &fields)?,
            }
        }
        "move" | "copy" => {
            let fields = page.fields(value, &["at", "to", "first", "before", "after", "clash", "prune"])?;
            let to = fields.need("to")?;
            let to_path = compiler.path(to)?;
            check_destination(compiler, to, &to_path)?;
            let at = compiler.paths(fields.need("at")?)?;
            if name == "move" && at.iter().any(|at| at.source == "$") {
                return Err(into_itself(compiler, value, &to_path));
            }
            Action::Move {
                at,
                to: to_path,
                order: order(compiler, &fields)?,
                clash: clash(compiler, &fields)?,
                prune: fields.get("prune").map_or(Ok(false), |n| page.boolean(n))?,
                copy: name == "copy",
            }
        }
        "wrap" => {
            let fields = page.fields(value, &["at", "key", "list", "text"])?;
            Action::Wrap { at: compiler.paths(fields.need("at")?)?, how: wrap(compiler, value, &fields)? }
        }
        "remove" if page.is_map(value) => {
            let fields = page.fields(value, &["at", "prune"])?;
            let prune = fields.get("prune").map_or(Ok(false), |n| page.boolean(n))?;
            Action::Remove { at: compiler.paths(fields.need("at")?)?, prune }
        }
        "remove" => Action::Remove { at: compiler.paths(value)?, prune: false },
        "replace" => {
            let fields = page.fields(value, &["at", "yaml", "template"])?;
            Action::Replace { at: compiler.paths(fields.need("at")?)?, stanza: stanza(compiler, value, &fields)? }
        }
        "add-document" => {
            let fields = page.fields(value, &["yaml", "template"])?;
            Action::AddDocument { stanza: stanza(compiler, value, &fields)? }
        }
        _ => {
            let inner = outer.get("do").ok_or_else(|| page.error(value, "`within` needs `do`"))?;
            Action::Within { at: compiler.paths(value)?, verbs: read(compiler, inner)? }
        }
    })
}

fn check_destination(compiler: &Compiler, node: Id, path: &Path) -> Result<(), PackError> {
    let sound = match path.segments.last() {
        None | Some(Segment::Name(_) | Segment::Append) => true,
        Some(Segment::Many(_) | Segment::Index(_)) => path.computed.is_some(),
    };
    if sound { Ok(()) } else { Err(compiler.page.error(node, "the new place must end in a name or in `[-]`")) }
}

/// The name of a key; `no` says what is wrong with a path in its place. Dots alone make no path: `mesh.dev/inject` is a name.
fn key_name(compiler: &mut Compiler, node: Id, no: &str) -> Result<Text, PackError> {
    let text = compiler.text(node)?;
    if is_path(&text) {
        let help = "a key that starts with `$` cannot be named here".to_owned();
        return Err(PackError { help: Some(help), ..compiler.page.error(node, format!("{no}: `{text}` is a path")) });
    }
    compiler.computed(node)
}

fn neighbour(compiler: &Compiler, node: Id, which: &str) -> Result<String, PackError> {
    let text = compiler.text(node)?;
    let last = || match path::split(&text).ok()?.pop()? {
        Segment::Name(name) => Some(format!("`{which}: {name}`")),
        _ => None,
    };
    if is_path(&text) {
        let error = compiler.page.error(node, format!("`{which}` takes a key's name, not a path"));
        return Err(PackError { help: last(), ..error });
    }
    Ok(text)
}

fn is_path(text: &str) -> bool {
    text == "$" || text.starts_with("$.") || text.starts_with("$[")
}

fn into_itself(compiler: &Compiler, node: Id, to: &Path) -> PackError {
    let error = compiler.page.error(node, format!("`$` is what moves, so that `{}` would be inside of it", to.source));
    let help = "nothing above `$` can be reached: leave `select: $.a` out, and write `when: $.a` and\n`move: { at: $.a, to: $.b.c }`; one level deeper is `wrap`";
    PackError { help: Some(help.to_owned()), ..error }
}

fn set_to(compiler: &mut Compiler, node: Id) -> Result<SetTo, PackError> {
    match compiler.page.draft.data(node) {
        Value::Str(_) => Ok(SetTo::Text(compiler.computed(node)?)),
        Value::Map(_) | Value::Seq(_) => {
            Err(compiler.page.error(node, "only a scalar can be set; for more, use `insert` or `replace`"))
        }
        literal => Ok(SetTo::Literal(literal)),
    }
}

fn stanza(compiler: &mut Compiler, at: Id, fields: &Fields) -> Result<Stanza, PackError> {
    let page = compiler.page;
    match fields.one_of(&["yaml", "template"]) {
        Some(("yaml", node)) => {
            let text = compiler.text(node)?;
            let text = if text.ends_with('\n') || whole_expression(&text) { text } else { text + "\n" };
            check_stanza(compiler, node, &text)?;
            Ok(Stanza(compiler.expr(node, Mode::Stanza, &text)))
        }
        Some((_, node)) => {
            let name = compiler.text(node)?;
            if name.starts_with('/') || name.split('/').any(|part| part == "..") {
                return Err(page.error(node, "a template has to be below `templates/`"));
            }
            let text = (compiler.around.template)(&name)
                .ok_or_else(|| page.error(node, format!("there is no template `{name}` below `templates/`")))?;
            check_stanza(compiler, node, &text)?;
            Ok(Stanza(compiler.expr(node, Mode::Stanza, &text)))
        }
        None => Err(page.error(at, "`yaml` (or `template`) is missing here")),
    }
}

/// A stanza that computes nothing must be YAML as it stands; what the others give is known where they hit.
fn check_stanza(compiler: &Compiler, node: Id, text: &str) -> Result<(), PackError> {
    let computes = ["<<", "<%", "<#"].iter().any(|sign| text.contains(sign));
    if computes || !compiler.around.check {
        return Ok(());
    }
    let (at, why) = match syntax::parse(text) {
        Ok(tree) if tree.docs.len() <= 1 => return Ok(()),
        Ok(tree) => (tree.docs[1].span.start, "it holds several documents".to_owned()),
        Err(no) => (no.at, no.message),
    };
    Err(compiler.page.error_in(node, text, at, format!("the new text is not YAML: {why}")))
}

fn order(compiler: &Compiler, fields: &Fields) -> Result<Order, PackError> {
    Ok(match fields.one_of(&["first", "before", "after"]) {
        Some(("first", node)) if compiler.page.boolean(node)? => Order::First,
        Some(("before", node)) => Order::Before(neighbour(compiler, node, "before")?),
        Some(("after", node)) => Order::After(neighbour(compiler, node, "after")?),
        _ => Order::Last,
    })
}

fn clash(compiler: &Compiler, fields: &Fields) -> Result<Clash, PackError> {
    let Some(node) = fields.get("clash") else { return Ok(Clash::Stop) };
    Ok([Clash::Stop, Clash::Keep, Clash::Replace][compiler.page.one_of(node, &["stop", "keep", "replace"])?])
}

fn wrap(compiler: &mut Compiler, at: Id, fields: &Fields) -> Result<Wrap, PackError> {
    let page = compiler.page;
    match fields.one_of(&["key", "list", "text"]) {
        Some(("key", node)) => Ok(Wrap::Key(key_name(compiler, node, "`wrap` takes a name, the one key of the new map")?)),
        Some(("text", node)) => Ok(Wrap::Text(page.boolean(node)?)),
        Some((_, node)) => match page.strings(node)?.as_slice() {
            [name, value] => Ok(Wrap::Pairs(name.clone(), value.clone())),
            [yes] if yes == "true" => Ok(Wrap::List),
            _ => Err(page.error(node, "`list` is true, or two members: `list: true`, `list: [name, value]`")),
        },
        None => Err(page.error(at, "`key`, `list` or `text` is missing here")),
    }
}
