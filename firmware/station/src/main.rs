//! The `oqyrman` program.

fn main() -> anyhow::Result<()> {
    station::cli::main_with_args(std::env::args_os())
}
