//! Random edits of templates: what is proven keeps every branch whole, and nothing panics.
//!
//! `FILES=n` takes n real templates, where they are present (default 60), `ROUNDS=n` edits of each (default 4), `SEED=n`
//! another sample. `REFUSED=1` prints why edits were refused, `DUMP=DIR` writes the new texts for other readers.
mod dice;
use dice::{Dice, change, number, sample};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use yamlift::migrate::verify;
use yamlift::view;
use yamlift::yaml::draft::Draft;

/// Always at hand.
const OWN: &[&str] = &[
    "{{- if .Values.on }}\nkind: A\nspec:\n  a: {{ .Values.a | quote }}  # why\n  {{- with .Values.b }}\n  b:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n  c: 1\n{{- end }}\n",
    "a:\n  {{- range $i, $e := .Values.l }}\n  - name: {{ $e }}\n    {{- if $i }}\n    x: 1\n    {{- else }}\n    x: 2\n    {{- end }}\n  {{- end }}\nb: |-\n  {{- if .Values.t }}\n  text {{ .Values.t }}\n  {{- end }}\n",
    "{{ $n := .Values.n }}\na: {b: {{ $n }}, c: [\"{{ $n }}-1\", 2]}\n{{ if $n }}d: {{ $n }}{{ end }}\ne:\n{{ toYaml .Values.e | indent 2 }}\nf: 1\n",
];

enum Round {
    Proven(String),
    Refused(String),
}

fn round(text: &str, dice: &mut Dice) -> Option<Round> {
    let read = view::read(text, false, 0).ok().filter(|read| read.branches.is_some() && !read.tree.docs.is_empty())?;
    let mut draft = Draft::new(text, read);
    for _ in 0..=dice.roll(2) {
        change(&mut draft, dice, &mut Vec::new());
    }
    Some(match verify::proven(&draft, &[]) {
        Ok(edit) => Round::Proven(edit.new),
        Err(refused) => Round::Refused(refused.why),
    })
}

/// The words of the branches, in order; none where they are not balanced. Knows less than the product does on purpose.
fn branches(text: &str) -> Option<Vec<String>> {
    let mut open = 0_usize;
    let mut words = Vec::new();
    for action in text.split("{{").skip(1) {
        let inner = action.split("}}").next()?.trim_start_matches('-').trim_start();
        let word: String = inner.chars().take_while(char::is_ascii_alphabetic).collect();
        match word.as_str() {
            "if" | "with" | "range" | "define" | "block" => open += 1,
            "else" if open == 0 => return None,
            "end" => open = open.checked_sub(1)?,
            "else" => {}
            _ => continue,
        }
        words.push(word);
    }
    (open == 0).then_some(words)
}

#[test]
fn random_edits_of_templates() {
    let rounds = number("ROUNDS", 4);
    let is_template = |path: &Path| path.components().any(|c| c.as_os_str() == "templates");
    let mut texts: Vec<(String, String)> = OWN.iter().enumerate().map(|(i, t)| (format!("own {i}"), (*t).to_owned())).collect();
    texts.extend(sample(is_template).into_iter().map(|(path, text)| (path.display().to_string(), text)));
    let (mut proven, mut failures) = (0, Vec::new());
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for (name, text) in &texts {
        // Strings that hold braces are beyond the counting here.
        let countable = branches(text).is_some();
        for seed in 0..rounds {
            let mut dice = Dice((seed * 7919 + text.len()) as u64);
            match catch_unwind(AssertUnwindSafe(|| round(text, &mut dice))) {
                Ok(None) => {}
                Ok(Some(Round::Proven(new))) => {
                    proven += 1;
                    if countable && branches(&new).is_none() {
                        failures.push(format!("{name} ({seed}): branches are not balanced\n{new}"));
                    }
                    if let Some(dir) = std::env::var_os("DUMP") {
                        let file = Path::new(&dir).join(format!("{proven}.yaml"));
                        std::fs::write(file, &new).expect("a folder to write to");
                    }
                }
                Ok(Some(Round::Refused(why))) => *refused.entry(kind(&why)).or_default() += 1,
                Err(_) => failures.push(format!("{name} ({seed}): panicked")),
            }
        }
    }
    if std::env::var_os("REFUSED").is_some() {
        println!("{proven} proven, {} refused: {refused:#?}", refused.values().sum::<usize>());
    }
    assert!(failures.is_empty(), "{} failed\n{}", failures.len(), failures.join("\n=====\n"));
    assert!(proven >= OWN.len(), "only {proven} edits were made; refused: {refused:#?}");
}

/// A reason without what differs from place to place.
fn kind(why: &str) -> String {
    why.split('`').step_by(2).collect::<Vec<_>>().join("`…`").split(": ").take(2).collect::<Vec<_>>().join(": ")
}
