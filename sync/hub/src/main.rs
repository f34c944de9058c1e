//! `oqyrman-hub`.

fn main() -> anyhow::Result<()> {
    hub::cli::main_with_args(std::env::args_os().collect())
}
