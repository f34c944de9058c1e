//! A peer's two programs, and the line between them.

use super::{Cell, Loans};
use crate::wire::{Line, Proxy};
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How often the region is asked what is there.
const ASK: Duration = Duration::from_millis(250);

#[derive(Deserialize)]
struct There {
    arrived: u64,
    requests: u64,
}

/// A program that answers lines.
struct Talker {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Talker {
    fn start(program: &Path, args: &[&str], log: &Path) -> anyhow::Result<Talker> {
        let mut child = Command::new("node")
            .arg(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()
            .context("node")?;
        let to = child.stdin.take();
        let from = BufReader::new(child.stdout.take().context("a pipe")?);
        Ok(Talker { child, to, from })
    }

    fn hear(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.from.read_line(&mut line)? > 0, "the program has ended; see its log");
        Ok(line)
    }

    fn tell(&mut self) -> anyhow::Result<()> {
        Ok(self.to.as_mut().context("a pipe")?.write_all(b"go on\n")?)
    }
}

impl Drop for Talker {
    /// Its input ends, and with it the program, which stops what it has started; one that does not is killed.
    fn drop(&mut self) {
        self.to = None;
        for _ in 0..20 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = (self.child.kill(), self.child.wait());
    }
}

pub(super) fn bring(
    program: &Path,
    how: &str,
    line: Line,
    loans: &Loans<'_>,
    patience: Duration,
    dir: &Path,
) -> anyhow::Result<Cell> {
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a folder whose name is text");
    let (here, there) = (dir.join("school"), dir.join("region"));
    std::fs::create_dir_all(&here)?;
    std::fs::create_dir_all(&there)?;
    let mut region = Talker::start(program, &["region", &text(&there)?], &dir.join("region.log"))?;
    let port: u16 = region.hear()?.trim().parse().context("the region's port")?;
    let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], port)), line)?;
    let args = ["school", &text(&here)?, &proxy.address.to_string(), &text(loans.file)?, how];
    let mut school = Talker::start(program, &args, &dir.join("school.log"))?;
    ensure!(school.hear()?.trim() == "ready", "the school's program said something else");
    proxy.take_traffic();
    let begun = Instant::now();
    school.tell()?;
    loop {
        region.tell()?;
        let found: There = serde_json::from_str(&region.hear()?)?;
        let took = begun.elapsed();
        if found.arrived >= loans.count as u64 || took > patience {
            let traffic = proxy.take_traffic();
            proxy.cut();
            return Ok(Cell { arrived: found.arrived, requests: found.requests, took, traffic });
        }
        std::thread::sleep(ASK);
    }
}
