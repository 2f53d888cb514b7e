//! `yamlift man`: manual pages.
use super::args::{self, Man};
use super::refusal::refuse;
use crate::output::terminal::Terminal;
use crate::output::write;
use crate::pack::near;
use anyhow::Context;

pub fn run(args: &Man, terminal: Terminal) -> anyhow::Result<()> {
    if let Some(folder) = &args.out {
        for (name, text) in args::manuals()? {
            let path = folder.join(name);
            write::put(&path, &text).with_context(|| format!("could not write {}", path.display()))?;
            terminal.out(format!("{}\n", path.display()).as_bytes())?;
        }
        return Ok(());
    }
    let Some(page) = args::manual(args.command.as_deref())? else {
        let name = args.command.as_deref().unwrap_or_default();
        let known = args::commands();
        let help = near(name, known.iter().map(String::as_str));
        let help = help.map_or_else(|| "`yamlift help` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(refuse(format!("there is no command `{name}`"), help));
    };
    Ok(terminal.out(&page)?)
}
