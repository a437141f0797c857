//! The `radscore` binary: parse, dispatch, print the error chain, exit with the contract's code.

use std::process::ExitCode;

fn main() -> ExitCode {
    radscore::cli::main()
}
