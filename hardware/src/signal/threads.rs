//! The shell: a thread that carries signals out.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use embedded_hal::digital::OutputPin;

use super::config::{Clips, LampConfig, SignalConfig, Sound};
use super::plan::{Meaning, Step, plan};
use super::player::Player;
use super::pwm::Buzzer;
use super::tone::wav;
use crate::board::{self, Backend, BoardOutput};

/// After a failure, how long before it is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(30);
/// How often a player is tended while nothing else happens.
const TEND: Duration = Duration::from_millis(500);

/// Why signals could not be started.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// The system gave no thread.
    #[error("cannot start the signals: {0}")]
    System(#[from] io::Error),
}

/// The running lamp and sound. Dropping it turns everything off.
#[derive(Debug)]
pub struct Signals {
    sender: Option<Sender<Meaning>>,
    thread: Option<JoinHandle<()>>,
}

impl Signals {
    /// Gives a signal. Never waits.
    pub fn give(&self, meaning: Meaning) {
        if let Some(sender) = &self.sender {
            // The thread has said why when it could not go on.
            let _ = sender.send(meaning);
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the signals' thread ended in a panic");
        }
    }
}

/// Starts the thread. A lamp or a player that is not there is no error: it is said, and tried again.
///
/// # Errors
/// [`SignalError::System`].
pub fn start(config: &SignalConfig) -> Result<Signals, SignalError> {
    let (sender, signals) = channel();
    let mut outputs = Outputs::new(config);
    let body = move || run(&signals, &mut outputs);
    let thread = thread::Builder::new().name("signals-out".into()).spawn(body)?;
    Ok(Signals { sender: Some(sender), thread: Some(thread) })
}

fn run(signals: &Receiver<Meaning>, outputs: &mut Outputs) {
    let mut next = None;
    loop {
        let meaning = match next.take() {
            Some(meaning) => meaning,
            None => match outputs.rest(signals) {
                Some(meaning) => meaning,
                None => return,
            },
        };
        // The newest wins.
        let meaning = signals.try_iter().last().unwrap_or(meaning);
        outputs.begin(meaning);
        for step in plan(meaning) {
            outputs.step(*step);
            match signals.recv_timeout(Duration::from_millis(step.ms.into())) {
                Ok(newer) => {
                    next = Some(newer);
                    break;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    outputs.off();
                    return;
                }
            }
        }
        outputs.off();
    }
}

/// Something that may be broken: said once, tried again later.
#[derive(Debug, Default)]
struct Mood {
    failed_at: Option<Instant>,
    said: bool,
}

impl Mood {
    fn may_try(&self) -> bool {
        self.failed_at.is_none_or(|at| at.elapsed() >= TRY_AGAIN)
    }

    fn heard(&mut self, what: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => *self = Self::default(),
            Err(reason) => {
                self.failed_at = Some(Instant::now());
                if !std::mem::replace(&mut self.said, true) {
                    tracing::warn!(reason, "{what} does not work; the station lends without it");
                }
            }
        }
    }
}

struct Lamp {
    backend: Backend,
    config: LampConfig,
    pin: Option<BoardOutput>,
    mood: Mood,
}

impl Lamp {
    fn set(&mut self, shines: bool) {
        if !self.mood.may_try() {
            return;
        }
        let outcome = self.try_set(shines);
        if outcome.is_err() {
            self.pin = None;
        }
        self.mood.heard("a lamp", outcome);
    }

    fn try_set(&mut self, shines: bool) -> Result<(), String> {
        let high = shines != self.config.active_low;
        if self.pin.is_none() {
            let opened = board::open_output(self.backend, &self.config.pin(), high);
            self.pin = Some(opened.map_err(|error| error.to_string())?);
        }
        let Some(pin) = &mut self.pin else { return Ok(()) };
        pin.set_state(high.into()).map_err(|error| error.to_string())
    }
}

enum Voice {
    None,
    Player(Player),
    Buzzer(Buzzer),
}

struct Outputs {
    volume: u8,
    clips: Clips,
    voice: Voice,
    mood: Mood,
    clip_mood: Mood,
    yes: Option<Lamp>,
    no: Option<Lamp>,
}

impl Outputs {
    fn new(config: &SignalConfig) -> Self {
        let backend = config.backend;
        let lamp = |config: &Option<LampConfig>| {
            config.clone().map(|config| Lamp { backend, config, pin: None, mood: Mood::default() })
        };
        Self {
            volume: config.volume,
            clips: config.clips.clone(),
            voice: match config.sound {
                Sound::Off => Voice::None,
                Sound::Alsa => Voice::Player(Player::new(config.player.clone(), config.device.clone())),
                Sound::Buzzer => Voice::Buzzer(Buzzer::new(config.pwm.clone())),
            },
            mood: Mood::default(),
            clip_mood: Mood::default(),
            yes: lamp(&config.yes_lamp),
            no: lamp(&config.no_lamp),
        }
    }

    /// Waits for the next signal; `None` = there will be none.
    fn rest(&mut self, signals: &Receiver<Meaning>) -> Option<Meaning> {
        loop {
            let Voice::Player(player) = &mut self.voice else { return signals.recv().ok() };
            player.tend();
            if !player.is_playing() {
                return signals.recv().ok();
            }
            match signals.recv_timeout(TEND) {
                Ok(meaning) => return Some(meaning),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn begin(&mut self, meaning: Meaning) {
        if let Voice::Player(player) = &mut self.voice
            && self.mood.may_try()
        {
            let clip = self
                .clips
                .of(meaning)
                .map(|clip| player.play_clip(clip).map_err(|error| format!("{}: {error}", clip.display())));
            let played = matches!(clip, Some(Ok(())));
            if let Some(outcome) = clip {
                self.clip_mood.heard("a clip of the school's own", outcome);
            }
            // A clip that is not there is said, and the generated sound stands in for it.
            let outcome = if played { Ok(()) } else { player.play(&wav(meaning, self.volume)) };
            self.mood.heard("the sound", outcome.map_err(|error| error.to_string()));
        }
    }

    fn step(&mut self, step: Step) {
        for (lamp, shines) in [(&mut self.yes, step.yes_lamp), (&mut self.no, step.no_lamp)] {
            if let Some(lamp) = lamp {
                lamp.set(shines);
            }
        }
        if let Voice::Buzzer(buzzer) = &self.voice
            && self.mood.may_try()
        {
            let outcome = buzzer.sound(step.hz, self.volume);
            self.mood.heard("the buzzer", outcome.map_err(|error| error.to_string()));
        }
    }

    fn off(&mut self) {
        self.step(Step { ms: 0, yes_lamp: false, no_lamp: false, hz: 0 });
    }
}
