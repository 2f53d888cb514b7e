//! Standard output and standard error, with or without colour. The only module that knows anstream.
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
}

impl Terminal {
    pub fn new(colour: Colour) -> Self {
        use anstream::{AutoStream, ColorChoice};
        match colour {
            Colour::Auto => ColorChoice::Auto,
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
        .write_global();
        Terminal {
            colour_out: AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            colour_err: AutoStream::choice(&io::stderr()) != ColorChoice::Never,
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

fn quiet(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
