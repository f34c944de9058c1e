//! `cargo xtask`.

fn main() -> anyhow::Result<()> {
    packaging::cli::main_with_args(std::env::args_os())
}
