//! Standard output and standard error, with or without colour. The only module that knows anstream and
//! supports-hyperlinks.
use std::ffi::OsString;
use std::io::{self, Write};

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
}

impl Terminal {
    pub fn new(colour: Colour) -> Self {
        use anstream::{AutoStream, ColorChoice};
        let colour = if colour == Colour::Auto { forced(&|name| std::env::var_os(name)) } else { colour };
        match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
        .write_global();
        let colour_err = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
        Terminal {
            colour_out: AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            colour_err,
            links_err: colour_err && supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr),
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
        let _ = quiet(io::stderr().lock(), text.as_bytes());
    }
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

fn quiet(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
