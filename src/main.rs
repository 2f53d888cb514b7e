//! The command `yamlift`: arguments in, exit code out.
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(yamlift::cli::run(std::env::args_os()))
}
