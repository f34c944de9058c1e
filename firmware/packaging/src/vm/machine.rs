//! The emulated machine: started, looked at, typed into, asked, and cut off.

use super::image::Disk;
use super::picture::Picture;
use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two keys. With none, the emulated keyboard drops some; a scanner in the hand leaves a few milliseconds.
const KEY_GAP: Duration = Duration::from_millis(30);
/// How often is looked again at what is waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How long one command in the machine may take.
const COMMAND_PATIENCE: Duration = Duration::from_secs(120);
/// Where the tablet's axes end.
const TABLET_END: f32 = 32_767.0;

/// A running machine. Dropped, its power is cut.
#[derive(Debug)]
pub struct Machine {
    child: Child,
    qmp: Qmp,
    shell: Option<UnixStream>,
    /// How many commands were asked. Each answer ends with its command's number: one that comes late is no other's.
    asked: u64,
    shell_socket: PathBuf,
    out: PathBuf,
}

impl Machine {
    /// Switches it on. `name` is part of its log's name.
    ///
    /// # Errors
    /// The emulator does not start; its words are in the log.
    pub fn start(disk: &Disk, out: &Path, name: &str) -> anyhow::Result<Machine> {
        let (qmp, shell) = (out.join("qmp.sock"), out.join("shell.sock"));
        for socket in [&qmp, &shell] {
            let _ = std::fs::remove_file(socket);
        }
        let log = std::fs::File::create(out.join(format!("qemu-{name}.log")))?;
        let mut command = Command::new("qemu-system-x86_64");
        command
            .args([
                "-M",
                "pc,i8042=off",
                "-m",
                "1024",
                "-smp",
                "2",
                "-nodefaults",
                "-no-reboot",
                "-display",
                "none",
            ])
            // Emulated throughout: slower, and the same wherever it runs.
            .args(["-accel", "tcg,thread=multi", "-cpu", "max"])
            .args(["-device", "virtio-gpu-pci,xres=1024,yres=600"])
            .args([
                "-device",
                "qemu-xhci,id=usb",
                "-device",
                "usb-kbd,id=scanner",
                "-device",
                "usb-tablet,id=finger",
            ])
            .arg("-drive")
            .arg(format!("file={},if=virtio,format=raw,cache=writeback", disk.image.display()))
            .arg("-kernel")
            .arg(&disk.kernel)
            .arg("-initrd")
            .arg(&disk.initrd)
            .args(["-append", "root=/dev/vda rw console=ttyS0 quiet vt.global_cursor_default=0"])
            .arg("-serial")
            .arg(format!("file:{}", out.join(format!("console-{name}.log")).display()))
            .arg("-serial")
            .arg(format!("unix:{},server=on,wait=off", shell.display()))
            .arg("-qmp")
            .arg(format!("unix:{},server=on,wait=off", qmp.display()))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let mut child = command.spawn().context("qemu-system-x86_64")?;
        let qmp = Qmp::connect(&qmp, || match child.try_wait()? {
            Some(status) => bail!("the emulator ended ({status}); see qemu-{name}.log"),
            None => Ok(()),
        });
        match qmp {
            Ok(qmp) => {
                Ok(Machine { child, qmp, shell: None, asked: 0, shell_socket: shell, out: out.to_owned() })
            }
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// Waits until the machine's shell answers.
    ///
    /// # Errors
    /// It does not within `patience`.
    pub fn wait_for_shell(&mut self, patience: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + patience;
        let stream = UnixStream::connect(&self.shell_socket).context("the machine's serial line")?;
        stream.set_read_timeout(Some(LOOK_AGAIN))?;
        self.shell = Some(stream);
        loop {
            if self.ask_within("PS1=; PS2=; stty -echo -onlcr", Duration::from_secs(3)).is_ok() {
                return Ok(());
            }
            ensure!(
                Instant::now() < end,
                "the machine did not start within {patience:?}; see its console's log"
            );
        }
    }

    /// Has a command done in the machine and gives what it says.
    ///
    /// # Errors
    /// It fails: with its words.
    pub fn ask(&mut self, command: &str) -> anyhow::Result<String> {
        self.ask_within(command, COMMAND_PATIENCE)
    }

    fn ask_within(&mut self, command: &str, patience: Duration) -> anyhow::Result<String> {
        let shell = self.shell.as_mut().context("the machine's shell is not open")?;
        self.asked += 1;
        // Cut in two, so that the line as it is echoed does not look like the end.
        shell.write_all(format!("{{ {command}\n}} 2>&1; echo @@END''ED {} $?\n", self.asked).as_bytes())?;
        let mark = format!("@@ENDED {} ", self.asked);
        let begin = format!("@@ENDED {} ", self.asked - 1);
        let end = Instant::now() + patience;
        let mut said = String::new();
        let mut bytes = [0; 4096];
        loop {
            match shell.read(&mut bytes) {
                Ok(0) => bail!("the machine is gone"),
                Ok(read) => said.push_str(&String::from_utf8_lossy(bytes.get(..read).unwrap_or_default())),
                Err(error)
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some((before, after)) = said.split_once(&mark)
                && let Some((code, _)) = after.split_once('\n')
            {
                // What an earlier command says too late stands before its own end.
                let before = before
                    .rsplit_once(&begin)
                    .map_or(before, |(_, own)| own.split_once('\n').map_or("", |(_, own)| own));
                let before = before.replace('\r', "");
                ensure!(
                    code.trim() == "0",
                    "in the machine, `{command}` ended with {}: {}",
                    code.trim(),
                    before.trim()
                );
                return Ok(before);
            }
            ensure!(
                Instant::now() < end,
                "in the machine, `{command}` does not end; so far: {}",
                said.trim()
            );
        }
    }

    /// Asks again and again until `right` finds in the answer what it looks for.
    ///
    /// # Errors
    /// It does not within `patience`: with the last answer.
    pub fn wait_until<T>(
        &mut self,
        what: &str,
        command: &str,
        patience: Duration,
        right: impl Fn(&str) -> Option<T>,
    ) -> anyhow::Result<T> {
        let end = Instant::now() + patience;
        loop {
            let answer = self.ask(command);
            if let Some(found) = answer.as_ref().ok().and_then(|said| right(said)) {
                return Ok(found);
            }
            if Instant::now() > end {
                bail!("waited {patience:?} for {what}; the machine says: {answer:?}");
            }
            sleep(LOOK_AGAIN);
        }
    }

    /// Holds a label before the scanner: its digits and Enter.
    ///
    /// # Errors
    /// The machine is gone.
    pub fn scan(&mut self, label: &str) -> anyhow::Result<()> {
        self.keys(label)?;
        self.key("ret")
    }

    /// Types without an end.
    ///
    /// # Errors
    /// The machine is gone.
    pub fn keys(&mut self, label: &str) -> anyhow::Result<()> {
        for letter in label.chars() {
            ensure!(letter.is_ascii_digit(), "only digits are typed here, not {letter}");
            self.key(&letter.to_string())?;
        }
        Ok(())
    }

    fn key(&mut self, code: &str) -> anyhow::Result<()> {
        for down in [true, false] {
            let event =
                json!({ "type": "key", "data": { "down": down, "key": { "type": "qcode", "data": code } } });
            self.qmp.call("input-send-event", json!({ "events": [event] }))?;
            sleep(KEY_GAP);
        }
        Ok(())
    }

    /// Touches the screen at parts of its width and height.
    ///
    /// # Errors
    /// The machine is gone.
    pub fn touch(&mut self, across: f32, down: f32) -> anyhow::Result<()> {
        let axis = |axis: &str, part: f32| json!({ "type": "abs", "data": { "axis": axis, "value": (part * TABLET_END) as i64 } });
        self.qmp.call("input-send-event", json!({ "events": [axis("x", across), axis("y", down)] }))?;
        for pressed in [true, false] {
            sleep(KEY_GAP);
            let event = json!({ "type": "btn", "data": { "down": pressed, "button": "left" } });
            self.qmp.call("input-send-event", json!({ "events": [event] }))?;
        }
        Ok(())
    }

    /// What the display shows; kept as `NAME.png`.
    ///
    /// # Errors
    /// There is no display, or the picture cannot be written.
    pub fn look(&mut self, name: &str) -> anyhow::Result<Picture> {
        let dump = self.out.join("screen.ppm");
        self.qmp.call("screendump", json!({ "filename": dump }))?;
        let picture = Picture::from_ppm(&std::fs::read(&dump)?)?;
        std::fs::remove_file(&dump)?;
        picture.write_png(&self.out.join(format!("{name}.png")))?;
        Ok(picture)
    }

    /// Looks again and again until the display shows `wanted`; the last look is kept as `NAME.png`.
    ///
    /// # Errors
    /// It does not within `patience`.
    pub fn wait_for_picture(
        &mut self,
        name: &str,
        wanted: &Picture,
        patience: Duration,
    ) -> anyhow::Result<f32> {
        let end = Instant::now() + patience;
        loop {
            let alike = self.look(name)?.alike(wanted);
            if alike > super::scenario::ALIKE {
                return Ok(alike);
            }
            ensure!(
                Instant::now() < end,
                "the display does not show what it should: {:.1} % of the points are as in the gallery; see {name}.png",
                alike * 100.0
            );
            sleep(LOOK_AGAIN);
        }
    }

    /// Looks again and again until the display shows something else than `known`; the last look is kept as `NAME.png`.
    ///
    /// # Errors
    /// It still shows `known` at the end of `patience`; there is no display.
    pub fn wait_for_another_picture(
        &mut self,
        name: &str,
        known: &Picture,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let end = Instant::now() + patience;
        while self.look(name)?.alike(known) > super::scenario::ALIKE {
            ensure!(Instant::now() < end, "the display still shows what it did; see {name}.png");
            sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    /// Puts a stick in, or pulls it out.
    ///
    /// # Errors
    /// The emulator refuses.
    pub fn stick(&mut self, image: Option<&Path>) -> anyhow::Result<()> {
        match image {
            Some(image) => {
                let node = json!({ "driver": "raw", "node-name": "stick", "file": { "driver": "file", "filename": image } });
                self.qmp.call("blockdev-add", node)?;
                self.qmp.call(
                    "device_add",
                    json!({ "driver": "usb-storage", "id": "stick", "drive": "stick", "removable": true }),
                )
            }
            None => self.qmp.call("device_del", json!({ "id": "stick" })),
        }
    }

    /// Cuts the power.
    ///
    /// # Errors
    /// The emulator cannot be waited for.
    pub fn cut(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The emulator's own line.
#[derive(Debug)]
struct Qmp {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

impl Qmp {
    fn connect(socket: &Path, mut alive: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Qmp> {
        let end = Instant::now() + Duration::from_secs(20);
        let writer = loop {
            match UnixStream::connect(socket) {
                Ok(stream) => break stream,
                Err(error) if Instant::now() > end => {
                    return Err(error).context("the emulator does not answer");
                }
                Err(_) => alive()?,
            }
            sleep(Duration::from_millis(50));
        };
        writer.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut qmp = Qmp { reader: BufReader::new(writer.try_clone()?), writer };
        qmp.line()?;
        qmp.call("qmp_capabilities", json!({}))?;
        Ok(qmp)
    }

    fn call(&mut self, command: &str, arguments: Value) -> anyhow::Result<()> {
        let mut line = serde_json::to_string(&json!({ "execute": command, "arguments": arguments }))?;
        line.push('\n');
        self.writer.write_all(line.as_bytes())?;
        loop {
            let answer = self.line()?;
            if let Some(error) = answer.get("error") {
                bail!("the emulator refuses {command}: {error}");
            }
            if answer.get("return").is_some() {
                return Ok(());
            }
        }
    }

    fn line(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        ensure!(self.reader.read_line(&mut line).context("the emulator's line")? > 0, "the emulator is gone");
        Ok(serde_json::from_str(&line)?)
    }
}
