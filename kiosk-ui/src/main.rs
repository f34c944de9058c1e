//! `oqyrman-screen`: the screen of a lending station.

fn main() -> anyhow::Result<()> {
    kiosk_ui::cli::main_with_args(std::env::args_os())
}
