//! Standard output and standard error, with or without colour. The only module that knows anstream and
//! supports-hyperlinks.
use super::github;
use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` and its kin say otherwise.
    #[default]
    Auto,
    Always,
    Never,
}

/// Where a run prints: the result to `out`, everything else to `err`.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    pub colour_out: bool,
    pub colour_err: bool,
    /// `err` is shown by what makes links of text.
    pub links_err: bool,
    /// A runner of GitHub Actions reads both for commands.
    pub on_github: bool,
}

impl Terminal {
    pub fn new(colour: Colour) -> Self {
        use anstream::{AutoStream, ColorChoice};
        let variable = |name: &str| std::env::var_os(name);
        let colour = if colour == Colour::Auto { forced(&variable) } else { colour };
        match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
        .write_global();
        let unforced = colour == Colour::Auto && variable("CLICOLOR_FORCE").is_some_and(|value| value == "0");
        let shows = |choice: ColorChoice, terminal: bool| {
            choice != ColorChoice::Never && (!unforced || terminal && takes_colour(&variable))
        };
        let colour_err = shows(AutoStream::choice(&io::stderr()), io::stderr().is_terminal());
        Terminal {
            colour_out: shows(AutoStream::choice(&io::stdout()), io::stdout().is_terminal()),
            colour_err,
            links_err: colour_err && supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr),
            on_github: std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true"),
        }
    }

    /// Writes to standard output, byte for byte.
    ///
    /// # Errors
    /// A full disk and the like; a reader that went away is none.
    pub fn out(&self, bytes: &[u8]) -> io::Result<()> {
        quiet(io::stdout().lock(), bytes)
    }

    /// Writes to standard error; where that is gone, nobody can be told.
    pub fn err(&self, text: &str) {
        let _ = quiet(io::stderr().lock(), self.told(text).as_bytes());
    }

    /// Text for people, in which a runner finds no commands.
    pub fn told<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.on_github { github::harmless(text).into() } else { text.into() }
    }
}

/// Text of others in one line, with nothing in it that a terminal obeys.
pub fn one_line(text: &str) -> String {
    shown(text, |_| false)
}

/// Text of others as `one_line`, but for the ends of its lines.
pub fn lines(text: &str) -> String {
    shown(text, |c| c == '\n' || c == '\t')
}

fn shown(text: &str, keep: impl Fn(char) -> bool) -> String {
    // What turns the direction of writing shows another text than there is.
    let turns = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    let odd = |c: char| (c.is_control() || turns(c)) && !keep(c);
    text.chars().map(|c| if odd(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// What `FORCE_COLOR` says, which anstream does not know as it knows `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM`.
fn forced(variable: &dyn Fn(&str) -> Option<OsString>) -> Colour {
    let said = |name| variable(name).filter(|value| !value.is_empty());
    match said("FORCE_COLOR") {
        Some(_) if said("NO_COLOR").is_some() => Colour::Auto,
        Some(value) if value == "0" || value == "false" => Colour::Never,
        Some(_) => Colour::Always,
        None => Colour::Auto,
    }
}

/// What a terminal is coloured by where nothing forces it. anstream takes `CLICOLOR_FORCE=0` for a yes, and looks at none of these
/// then.
fn takes_colour(variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    let is = |name, value: &str| variable(name).is_some_and(|said| said == value);
    !is("CLICOLOR", "0") && (!is("TERM", "dumb") || variable("CLICOLOR").is_some())
}

fn quiet(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_of_others() {
        let odd = "a\n::error::b\u{1b}[31m\tc\u{9b}1m \u{202e}d\u{e9}";
        assert_eq!(one_line(odd), r"a\n::error::b\u{1b}[31m\tc\u{9b}1m \u{202e}d".to_owned() + "\u{e9}");
        assert_eq!(lines(odd), "a\n::error::b\\u{1b}[31m\tc\\u{9b}1m \\u{202e}d\u{e9}");
    }
}
