//! Fingerprints: what a remark is known by from run to run, though lines move.
use super::Remark;
use super::lines::Lines;
use std::collections::HashMap;

/// Lines above that are looked through for what a place is in.
const ABOVE: usize = 5_000;

/// The prints of remarks of one file, in their order: of rule, path, object and the names that lead to the place. What is
/// alike is numbered, so that each print is there once.
pub fn places(path: &str, lines: &Lines, remarks: &[Remark]) -> Vec<String> {
    let mut objects: HashMap<usize, String> = HashMap::new();
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let documents = documents(lines);
    let print = |remark: &Remark| {
        let number = lines.number(remark.at.start);
        let start = documents[documents.partition_point(|start| *start <= number).saturating_sub(1)];
        let object = objects.entry(start).or_insert_with(|| object(lines, start));
        let kind = remark.kind.name();
        let mut hash = Hash::default();
        [remark.id, kind, path, object].into_iter().chain(way(lines, number)).for_each(|part| hash.add(part));
        let nth = seen.entry(hash.0).or_default();
        *nth += 1;
        format!("{:016x}:{nth}", hash.0)
    };
    remarks.iter().map(print).collect()
}

/// A line and those that it stands in, innermost first.
fn way<'t>(lines: &Lines<'t>, number: usize) -> Vec<&'t str> {
    let line = |number: usize| &lines.text[lines.content(number)];
    let own = line(number);
    let (mut depth, mut item) = (indent(own), is_item(own));
    let mut out = vec![own.trim()];
    for above in (0..number).rev().take(ABOVE).map(line) {
        if depth == 0 && !item || above.starts_with("---") {
            break;
        }
        // The items of a list may stand as far left as its name.
        let holds = indent(above) < depth || item && indent(above) == depth && !is_item(above);
        if !above.trim().is_empty() && !above.trim_start().starts_with('#') && holds {
            (depth, item) = (indent(above), is_item(above));
            out.push(above.trim());
        }
    }
    out
}

fn is_item(line: &str) -> bool {
    let content = line.trim_start();
    content.starts_with("- ") || content == "-"
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The first line of each document.
fn documents(lines: &Lines) -> Vec<usize> {
    let starts = |number: &usize| lines.text[lines.content(*number)].starts_with("---");
    std::iter::once(0).chain((1..lines.count()).filter(starts)).collect()
}

/// What tells an object: its kind and its name, as they are written.
fn object(lines: &Lines, start: usize) -> String {
    let (mut kind, mut name, mut metadata) = ("", "", false);
    let first = lines.content(start);
    let marked = lines.text[first.clone()].starts_with("---");
    for line in lines.text[first.start..].lines().skip(usize::from(marked)) {
        if line.starts_with("---") {
            break;
        }
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            metadata = line.starts_with("metadata:");
        }
        if line.starts_with("kind:") && kind.is_empty() {
            kind = line.trim_end();
        } else if metadata && name.is_empty() && line.trim_start().starts_with("name:") {
            name = line.trim();
        }
    }
    format!("{kind} {name}")
}

/// FNV-1a: the same on every machine and in every version.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, part: &str) {
        for byte in part.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// One hash for several texts.
pub fn hash(parts: &[&str]) -> String {
    let mut hash = Hash::default();
    parts.iter().for_each(|part| hash.add(part));
    format!("{:016x}", hash.0)
}

/// Characters that the print of a line is of.
const BLOCK: usize = 100;

/// GitHub's own print of every line, `primaryLocationLineHash`: what its upload would fill in, and warns of where it finds
/// another one. A hash of the 100 UTF-16 units from the line's start, blanks left out, with how often it was there before.
pub fn of_lines(lines: &Lines) -> Vec<String> {
    let bom = lines.bom.then_some(0xFEFF);
    let (mut units, mut starts): (Vec<u16>, Vec<usize>) = (Vec::new(), Vec::new());
    let (mut fresh, mut carriage_return) = (true, false);
    for unit in bom.into_iter().chain(lines.text.encode_utf16()).chain([u16::MAX]) {
        let (blank, feed) = (unit == 0x20 || unit == 0x09, unit == 0x0A);
        let follows = std::mem::replace(&mut carriage_return, unit == 0x0D) && feed;
        if blank || follows {
            continue;
        }
        if std::mem::take(&mut fresh) {
            starts.push(units.len());
        }
        fresh = feed || carriage_return;
        units.push(if carriage_return { 0x0A } else { unit });
    }
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let print = |start: usize| {
        let window = units[start..].iter().copied().chain(std::iter::repeat(0)).take(BLOCK);
        let hash = window.fold(0_u64, |hash, unit| hash.wrapping_mul(37).wrapping_add(u64::from(unit)));
        let nth = seen.entry(hash).or_default();
        *nth += 1;
        format!("{hash:x}:{nth}")
    };
    starts.into_iter().map(print).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;
    use crate::report::Level;

    fn prints(text: &str, places: &[&str]) -> Vec<String> {
        let lines = Lines::new(text, false);
        let remark = |place: &&str| {
            let at = text.find(*place).expect("it is there");
            Remark {
                kind: Kind::Finding,
                id: "p/1/x",
                level: Level::Note,
                at: at..at + 1,
                unread: None,
                message: String::new(),
                help: None,
                fix: None,
            }
        };
        super::places("a.yaml", &lines, &places.iter().map(remark).collect::<Vec<_>>())
    }

    #[test]
    fn they_survive_lines_that_move() {
        let old = "kind: A\nmetadata:\n  name: one\nspec:\n  ports:\n  - port: 1 # x\n    name: b\n";
        let new = "# new\nkind: Z\n---\nkind: A\nmetadata:\n  labels: {a: b}\n  name: one\n\nspec:\n  more: 1\n  ports:\n  # why\n  - port: 1 # x\n    name: b\n";
        assert_eq!(prints(old, &["port: 1", "name: b"]), prints(new, &["port: 1", "name: b"]));
        assert_ne!(prints(old, &["port: 1"]), prints(&old.replace("one", "two"), &["port: 1"]));
        assert_ne!(prints(old, &["port: 1"]), prints(&old.replace("ports", "doors"), &["port: 1"]));
    }

    #[test]
    fn what_is_alike_is_numbered() {
        let found = prints("- a: x\n- a: x\n", &["a: x", "a: x"]);
        assert_eq!(found[0].replace(":1", ":2"), found[1]);
    }

    /// Numbers of the upload action's own tests.
    #[test]
    fn lines_have_the_prints_that_github_gives_them() {
        let of = |text: &str| of_lines(&Lines::new(text, false));
        assert_eq!(of(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            of(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let many = ["e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1"];
        assert_eq!(of(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n")[..5], many);
        assert_eq!(of(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n")[..5], many);
        assert_eq!(of(&"Lorem ipsum dolor sit amet.\n".repeat(10))[5..7], ["a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1"]);
    }
}
