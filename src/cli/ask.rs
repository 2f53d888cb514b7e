//! `migrate -i`: each edit is shown by itself, and made or left as a person says.
//!
//! A file is run again and again: with what was accepted so far, and with the first edit that nobody has spoken of as well. What
//! lies between the two is the diff that is asked about.
use super::explain;
use super::refusal::refuse;
use crate::output::terminal::one_line;
use crate::output::{diff, pages};
use crate::pack::Migration;
use crate::pack::registry::Run;
use crate::report::{Decisions, FileReport, Question, Report};
use crate::source::{Source, line_column};
use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal, Write};

const KEYS: &str = "y,n,a,d,q,e,?";

const HELP: &str = "y - make this edit
n - leave it
a - make this edit, and all that this migration has left to do, in the other files as well
d - leave this edit, and all that this migration has left to do, in the other files as well
q - ask no more: what was accepted is written, the rest is left
e - explain the migration
? - print this help
";

/// Who is asked, and what is known of the run.
pub struct Talk<'a, R, W> {
    pub input: R,
    pub out: W,
    pub colour: bool,
    pub runs: &'a [Run],
    /// How to tell a path.
    pub told: &'a dyn Fn(&str) -> String,
    /// Which file is at hand, for people.
    pub file: String,
}

/// What is done with a file.
pub struct Hands<'a> {
    /// Runs it with what was decided so far. True: it is to be written, and has to fit all that is asked of that.
    pub again: &'a mut dyn FnMut(&Source, &Decisions, bool) -> anyhow::Result<FileReport>,
    pub write: &'a dyn Fn(&mut FileReport),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    Rest(bool),
    Quit,
}

/// # Errors
/// There is nobody to ask.
pub fn check_terminal() -> anyhow::Result<()> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    let help = "run it in a terminal; or see every edit without -i, and make them all with -w";
    Err(refuse("-i asks about each edit, and standard input is no terminal: nobody can answer", help))
}

/// Asks about every edit of the files that would change, and writes each file once its last edit was asked about. Gives how many
/// edits nobody has spoken of.
///
/// # Errors
/// Nobody can be asked any more.
pub fn walk(report: &mut Report, hands: &mut Hands, talk: &mut Talk<impl BufRead, impl Write>) -> anyhow::Result<usize> {
    let mut decisions = Decisions::default();
    let (mut stopped, mut open) = (false, 0);
    let of = report.changed().count();
    for (nth, file) in report.files.iter_mut().filter(|file| file.changed() && !file.failed()).enumerate() {
        decisions.next_file();
        if !stopped {
            talk.file = format!("file {} of {of}", nth + 1);
            stopped = one(&file.source, &mut decisions, hands, talk)?;
        }
        let mut done = (hands.again)(&file.source, &decisions, true)?;
        open += done.questions.len();
        (hands.write)(&mut done);
        if let Some(why) = done.findings.first().filter(|_| done.failed()) {
            let path = one_line(&(talk.told)(&file.source.path));
            writeln!(talk.out, "Nothing is written to {path}: {}", shown(&why.message))?;
        }
        *file = done;
    }
    Ok(open)
}

/// Asks about the edits of one file. True: no more is to be asked.
fn one(
    source: &Source,
    decisions: &mut Decisions,
    hands: &mut Hands,
    talk: &mut Talk<impl BufRead, impl Write>,
) -> anyhow::Result<bool> {
    let mut refused: HashSet<Edit> = HashSet::new();
    loop {
        let without = (hands.again)(source, decisions, false)?;
        let Some(question) = without.questions.first() else { return Ok(false) };
        let mut accepted = decisions.clone();
        accepted.say(question, true);
        let with = (hands.again)(source, &accepted, false)?;
        let diff = diff::hunks(&without.migrated_text(), &with.migrated_text());
        if let Some(why) = with.findings.first().filter(|_| with.failed()) {
            let place = talk.place(source, question);
            writeln!(talk.out, "{place}  {}\nLeft as it is: {}\n", question.migration, shown(&why.message))?;
            decisions.say(question, false);
            continue;
        }
        let edit = Edit::between(&without, &with);
        // Nothing to see by itself; and what was left is not done by another migration.
        if diff.is_empty() || refused.contains(&edit) {
            decisions.say(question, diff.is_empty());
            continue;
        }
        talk.show(source, question, &diff)?;
        match talk.answer(question)? {
            Answer::Yes => decisions.say(question, true),
            Answer::No => {
                decisions.say(question, false);
                refused.insert(edit);
            }
            Answer::Rest(yes) => decisions.say_of_rest(question, yes),
            Answer::Quit => return Ok(true),
        }
    }
}

/// What an edit does, whoever makes it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Edit {
    /// Byte of the text on disk.
    at: usize,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Edit {
    fn between(without: &FileReport, with: &FileReport) -> Edit {
        let (old, new) = (without.migrated_text().into_bytes(), with.migrated_text().into_bytes());
        let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let (old, new) = (&old[same..], &new[same..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        let cut = |text: &[u8]| text[..text.len() - end].to_vec();
        Edit { at: without.before(same), old: cut(old), new: cut(new) }
    }
}

impl<R: BufRead, W: Write> Talk<'_, R, W> {
    fn place(&self, source: &Source, question: &Question) -> String {
        let (line, column) = line_column(&source.text, question.at.start);
        format!("{}:{line}:{column}", one_line(&(self.told)(&source.path)))
    }

    fn show(&mut self, source: &Source, question: &Question, diff: &str) -> io::Result<()> {
        let place = self.place(source, question);
        let (bold, plain) = if self.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        writeln!(self.out, "\n{bold}{place}  {}{plain}  ({})", question.migration, self.file)?;
        if let Some((_, migration)) = migration(self.runs, question) {
            writeln!(self.out, "{}. {}", migration.title.trim_end_matches('.'), first_sentence(&migration.why))?;
        }
        for (level, said) in &question.said {
            writeln!(self.out, "{}: {}", format!("{level:?}").to_lowercase(), shown(said.trim_end()))?;
        }
        let diff = if self.colour { diff::coloured(diff) } else { diff.to_owned() };
        write!(self.out, "{diff}")
    }

    /// Asks until there is an answer. Who is gone asks no more.
    fn answer(&mut self, question: &Question) -> io::Result<Answer> {
        loop {
            write!(self.out, "Make this edit? [{KEYS}] ")?;
            self.out.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                writeln!(self.out)?;
                return Ok(Answer::Quit);
            }
            match line.trim().to_ascii_lowercase().as_str() {
                "y" | "yes" => return Ok(Answer::Yes),
                "n" | "no" => return Ok(Answer::No),
                "a" => return Ok(Answer::Rest(true)),
                "d" => return Ok(Answer::Rest(false)),
                "q" => return Ok(Answer::Quit),
                "e" => self.explain(question)?,
                _ => write!(self.out, "{HELP}")?,
            }
        }
    }

    fn explain(&mut self, question: &Question) -> io::Result<()> {
        let page = migration(self.runs, question).map(|(run, migration)| pages::page(&explain::page(&run.pack, migration)));
        write!(self.out, "{}", page.unwrap_or_default())
    }
}

/// The migration that a question is about, with the run that it is of.
fn migration<'r>(runs: &'r [Run], question: &Question) -> Option<(&'r Run, &'r Migration)> {
    let mut all = runs.iter().flat_map(|run| run.active.iter().map(move |active| (run, &*active.migration)));
    all.find(|(_, migration)| migration.id == question.migration)
}

/// A message in which values of files stand, without what a terminal would act on.
fn shown(message: &str) -> String {
    message.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

/// The first sentence of a text in which lines are broken anywhere.
fn first_sentence(text: &str) -> String {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    line.find(". ").map_or(line.clone(), |end| line[..=end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::write;
    use crate::pack::Safety;
    use crate::pack::registry::{Library, PhaseFilter, Request};
    use crate::pack::trees::Trees;
    use crate::pipeline::{self, Input, Job, Sources};
    use std::path::Path;

    const PACK: &[(&str, &str)] = &[
        (
            "pack.yaml",
            "title: Demo\nchain: ['1.0', '1.1']\ntargets:\n  thing:\n    in:\n    - { doc: { kind: Thing }, at: $.spec }\n",
        ),
        (
            "1.1/new-name.yaml",
            "title: oldName is called newName\nwhy: |\n  1.1 reads newName\n  alone. There is more to say.\nsafety: safe\ntarget: thing\nselect: $..oldName\ndo:\n- rename: { at: $, to: newName }\nreport:\n- message: Look at << match >>.\n  level: note\n",
        ),
        (
            "1.1/other.yaml",
            "title: a is called b\nwhy: It was.\nsafety: safe\ntarget: thing\nselect: $.a\ndo:\n- rename: { at: $, to: b }\n",
        ),
        (
            "any/again.yaml",
            "title: oldName is no more\nwhy: Once more.\nsafety: safe\ntarget: thing\nselect: $..oldName\ndo:\n- rename: { at: $, to: newName }\n",
        ),
    ];

    const ONE: &str = "kind: Thing\nspec:\n  oldName: x\n  a: 1\n  deep: {oldName: y}\n";

    /// What is asked, and the files as they are then; `gone` is what nobody has spoken of.
    fn asked(files: &[(&str, &str)], keys: &str) -> (String, Vec<String>, usize) {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &Path, text: &str| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        PACK.iter().for_each(|(path, text)| put(&dir.path().join("packs/migrations/demo").join(path), text));
        files.iter().for_each(|(path, text)| put(&dir.path().join("work").join(path), text));
        let library = Library::open(&[dir.path().join("packs")]).unwrap();
        let (only, skip, enable, set, values) = Default::default();
        let to = vec![("demo".into(), "1.1".into())];
        let (safety, phase) = (Safety::Safe, PhaseFilter::All);
        let request = Request { to, from: Vec::new(), only, skip, enable, safety, phase, set, values, plan: false };
        let runs = library.runs(&request).unwrap();
        let root = dir.path().join("work");
        let found = pipeline::find(&Sources { cwd: root.clone(), ..Sources::default() }).unwrap();
        let mut ground = pipeline::survey(Input::Files(found), library.carriers(), Some(1)).unwrap();
        let trees = Trees::of(runs);
        let job = Job { trees: &trees, crds: None, decisions: None, generated: false, progress: &|_, _, _| {} };
        let mut report = pipeline::run(&mut ground, &job).unwrap();
        let mut again = |source: &Source, decisions: &Decisions, _: bool| {
            pipeline::again(&mut ground, &Job { decisions: Some(decisions), ..job }, source)
        };
        let mut hands = Hands { again: &mut again, write: &|file| write::one(&root, file) };
        let mut out = Vec::new();
        let told = |path: &str| path.to_owned();
        let mut talk =
            Talk { input: keys.as_bytes(), out: &mut out, colour: false, runs: trees.runs(), told: &told, file: String::new() };
        let open = walk(&mut report, &mut hands, &mut talk).unwrap();
        assert!(report.failed().next().is_none());
        let texts = files.iter().map(|(path, _)| std::fs::read_to_string(root.join(path)).unwrap());
        (String::from_utf8(out).unwrap(), texts.collect(), open)
    }

    #[test]
    fn each_edit_by_itself() {
        let (out, files, open) = asked(&[("a.yaml", ONE)], "y\nn\ny\n");
        assert_eq!(files[0], "kind: Thing\nspec:\n  newName: x\n  b: 1\n  deep: {oldName: y}\n", "{out}");
        assert_eq!(open, 0);
        let first = "\na.yaml:3:12  demo/1.1/new-name  (file 1 of 1)\noldName is called newName. 1.1 reads newName alone.\nnote: Look at x.\n@@ -1,5 +1,5 @@\n kind: Thing\n spec:\n-  oldName: x\n+  newName: x\n   a: 1\n   deep: {oldName: y}\nMake this edit? [y,n,a,d,q,e,?] ";
        assert!(out.starts_with(first), "{out}");
        // What was refused is not asked for by another migration.
        assert_eq!(out.matches("Make this edit?").count(), 3, "{out}");
        assert!(!out.contains("demo/any/again"), "{out}");
    }

    #[test]
    fn all_of_a_migration_and_none_of_one() {
        let two = [("a.yaml", ONE), ("b.yaml", ONE)];
        let (out, files, _) = asked(&two, "n\na\nd\n");
        assert_eq!(files[0], "kind: Thing\nspec:\n  oldName: x\n  a: 1\n  deep: {newName: y}\n", "{out}");
        assert_eq!(files[1], "kind: Thing\nspec:\n  newName: x\n  a: 1\n  deep: {newName: y}\n", "{out}");
    }

    #[test]
    fn who_asks_no_more_leaves_the_rest() {
        let two = [("a.yaml", ONE), ("b.yaml", ONE)];
        for keys in ["y\nq\n", "y\n"] {
            let (out, files, open) = asked(&two, keys);
            assert_eq!(files[0], "kind: Thing\nspec:\n  newName: x\n  a: 1\n  deep: {oldName: y}\n", "{out}");
            assert_eq!(files[1], ONE);
            assert!(open > 2, "{open}");
        }
    }

    #[test]
    fn help_and_why() {
        let (out, files, _) = asked(&[("a.yaml", ONE)], "?\ne\nhm\nq\n");
        assert_eq!((out.matches(HELP).count(), files[0].as_str()), (2, ONE), "{out}");
        assert!(out.contains("There is more to say."), "{out}");
    }

    #[test]
    fn the_reason_is_one_sentence() {
        assert_eq!(first_sentence("1.27 reads\nthis. And that.\n\nMore."), "1.27 reads this.");
        assert_eq!(first_sentence("No end\n"), "No end");
    }
}
