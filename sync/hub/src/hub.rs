//! A region: its folder, its keys, its store. The whole of what a station can ask is here.
//!
//! The folder holds `hub.db`, `region.key` (the secret half of the key that signs answers), `hub-ca.pem` (what stations
//! trust), `hub-ca.key` (by which the server's certificates are made) and `metrics.token` (which shows the region's
//! numbers). Keys are readable by their owner only.

use crate::api::Rates;
use crate::server::certs::{self, CertFault};
use crate::server::{Traffic, watch};
use crate::store::{Change, SchoolFault, SchoolId, Store, StoreFault};
use exchange::enrol::{EnrolAnswer, EnrolReply, EnrolRequest};
use exchange::voucher::Voucher;
use exchange::wire::{self, PublicKey, SecretKey, WireError};
use exchange::{Allowance, Answer, Calendar, Day, Record, Request, Rules, SCHEMA, StaleStep, UnknownItem};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// File of the region's secret key, 64 hexadecimal digits.
const KEY_FILE: &str = "region.key";

/// Why a region cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum InitFault {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A file.
    #[error("{path}: {fault}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// The secret key is not one.
    #[error("{0}: this is no key of a region: 64 hexadecimal digits are expected")]
    Key(PathBuf),
    /// There is no randomness to make keys from.
    #[error("this machine gives no random numbers to make keys from")]
    Randomness,
    /// The school.
    #[error(transparent)]
    School(#[from] SchoolFault),
    /// The certificates.
    #[error(transparent)]
    Cert(#[from] CertFault),
}

/// Why a station's message gets no signed answer. Nothing has moved.
#[derive(Debug, thiserror::Error)]
pub enum HubFault {
    /// It is no message of a station of this region.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Connections to the store at once. Further callers wait for one.
const MOST_STORES: usize = 8;

/// A region that is open.
pub struct Hub {
    dir: PathBuf,
    stores: Mutex<Stores>,
    free: Condvar,
    key: SecretKey,
    metrics_token: String,
    traffic: Traffic,
    rates: Rates,
    since: Instant,
}

/// Connections to the store.
#[derive(Debug, Default)]
struct Stores {
    idle: Vec<Store>,
    /// How many there are, idle or lent.
    count: usize,
}

/// Who signed a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signer {
    /// The station as it is.
    Present,
    /// A device that it had before.
    Former,
}

/// One caller's turn with a connection. However it ends, the connection is given back, or counted as gone.
struct Turn<'h> {
    hub: &'h Hub,
    /// The connection, once it is done with and sound.
    done: Option<Store>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut stores = self.hub.stores.lock().unwrap_or_else(PoisonError::into_inner);
        match self.done.take() {
            Some(store) => stores.idle.push(store),
            None => stores.count = stores.count.saturating_sub(1),
        }
        drop(stores);
        self.hub.free.notify_one();
    }
}

impl Hub {
    /// Makes a region in `dir`: keys, database (in PostgreSQL if an address is given, as [`Store::create`] takes it), and its
    /// first school. `now_s` is the time, seconds since 1970.
    ///
    /// # Errors
    /// [`InitFault`]; what was there before is not touched.
    pub fn init(dir: &Path, postgres: Option<&str>, school: &str, now_s: i64) -> Result<(), InitFault> {
        std::fs::create_dir_all(dir).map_err(|fault| InitFault::File { path: dir.to_owned(), fault })?;
        let mut store = Store::create(dir, postgres)?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| InitFault::Randomness)?;
        let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        write_secret(&dir.join(KEY_FILE), hex.as_bytes())?;
        certs::make_ca(dir, school)?;
        add_school(&mut store, school, now_s)?;
        Ok(())
    }

    /// Opens the region in `dir`.
    ///
    /// # Errors
    /// [`InitFault`].
    pub fn open(dir: &Path) -> Result<Hub, InitFault> {
        let store = Store::open(dir)?;
        let path = dir.join(KEY_FILE);
        let text =
            std::fs::read_to_string(&path).map_err(|fault| InitFault::File { path: path.clone(), fault })?;
        let seed = seed_of(text.trim()).ok_or(InitFault::Key(path))?;
        let metrics_token = watch::token(dir)
            .map_err(|fault| InitFault::File { path: dir.join(watch::TOKEN_FILE), fault })?;
        let stores = Mutex::new(Stores { idle: vec![store], count: 1 });
        Ok(Hub {
            dir: dir.to_owned(),
            stores,
            free: Condvar::new(),
            key: SecretKey::from_seed(seed),
            metrics_token,
            traffic: Traffic::default(),
            rates: Rates::default(),
            since: Instant::now(),
        })
    }

    /// Answers a station's sealed message with a sealed answer in the same encoding.
    ///
    /// # Errors
    /// [`HubFault`]: what came is not a message of a known station, or the store refuses.
    pub fn exchange(&self, message: &[u8], now_s: i64) -> Result<Vec<u8>, HubFault> {
        let encoding = wire::encoding_of(message).ok_or(WireError::NotAMessage)?;
        let answer = match self.read(message)? {
            (request, Signer::Present) => self.with(|store| store.take(&request, message, now_s)),
            (request, Signer::Former) => self.with(|store| store.take_former(&request, message, now_s)),
        }?;
        Ok(wire::seal_answer(&answer, &self.key, encoding))
    }

    /// Answers a station's sealed message that somebody carried; gives the answer as it is, too. `None` if it is from before
    /// the station's present epoch, and nothing of it counts.
    ///
    /// # Errors
    /// As [`Hub::exchange`].
    pub(crate) fn exchange_carried(
        &self,
        message: &[u8],
        now_s: i64,
    ) -> Result<Option<(Answer, Vec<u8>)>, HubFault> {
        let encoding = wire::encoding_of(message).ok_or(WireError::NotAMessage)?;
        let answer = match self.read(message)? {
            (request, Signer::Present) => self.with(|store| store.take_carried(&request, message, now_s)),
            (request, Signer::Former) => {
                self.with(|store| store.take_former(&request, message, now_s)).map(Some)
            }
        }?;
        Ok(answer.map(|answer| {
            let sealed = wire::seal_answer(&answer, &self.key, encoding);
            (answer, sealed)
        }))
    }

    /// Opens what is sealed to this region.
    pub(crate) fn age_key(&self) -> String {
        self.key.to_age()
    }

    /// Opens a message with the key of its station, or with one that its station had before.
    fn read(&self, message: &[u8]) -> Result<(Request, Signer), HubFault> {
        let (mut station, mut fault) = (None, None);
        let opened = wire::open_request(message, |named| {
            station = Some(named);
            match self.with(|store| store.station_key(named)) {
                Ok(key) => key,
                Err(store) => {
                    fault = Some(store);
                    None
                }
            }
        });
        if let Some(fault) = fault {
            return Err(fault.into());
        }
        match (opened, station) {
            (Ok(request), _) => Ok((request, Signer::Present)),
            (Err(WireError::Signature), Some(station)) => {
                for key in self.with::<_, StoreFault>(|store| store.former_keys(station))? {
                    if let Ok(request) = wire::open_request(message, |_| Some(key)) {
                        return Ok((request, Signer::Former));
                    }
                }
                Err(WireError::Signature.into())
            }
            (Err(fault), _) => Err(fault.into()),
        }
    }

    /// Answers a station that asks to join.
    ///
    /// # Errors
    /// [`HubFault`].
    pub fn enrol(&self, message: &[u8], now_s: i64) -> Result<Vec<u8>, HubFault> {
        let request = wire::open_enrol(message)?;
        let answer: EnrolAnswer = self.with(|store| store.enrol(&request, self.public_key(), now_s))?;
        Ok(wire::encode_enrol_answer(&answer))
    }

    /// Folds what is kept of all schools and not folded yet.
    pub(crate) fn settle(&self) -> Result<(), StoreFault> {
        for school in self.with(|store| store.unsettled())? {
            self.with(|store| store.settle(school))?;
        }
        Ok(())
    }

    /// Answers a station's question that somebody carried; gives the question, what it was answered, and that as a signed reply
    /// for the stick.
    ///
    /// # Errors
    /// [`HubFault`].
    pub(crate) fn enrol_carried(
        &self,
        message: &[u8],
        now_s: i64,
    ) -> Result<(EnrolRequest, EnrolAnswer, Vec<u8>), HubFault> {
        let request = wire::open_enrol(message)?;
        let region_key = self.public_key();
        let answer: EnrolAnswer = self.with(|store| store.enrol_carried(&request, region_key, now_s))?;
        let reply = EnrolReply {
            schema: SCHEMA,
            region_key,
            key: request.key,
            code: request.code.clone(),
            at_s: now_s,
            answer: answer.clone(),
        };
        Ok((request, answer, wire::seal_enrol_reply(&reply, &self.key)))
    }

    /// Makes vouchers for stations of these schools, each with the name of its station, which may be empty; all are good until
    /// the second `until_s`, each for one device. Gives their texts, which are kept nowhere.
    ///
    /// # Errors
    /// No randomness, or the store.
    pub fn make_vouchers(
        &self,
        stations: &[(SchoolId, String)],
        until_s: i64,
        now_s: i64,
    ) -> Result<Vec<String>, InitFault> {
        let mut vouchers = Vec::with_capacity(stations.len());
        for (school, name) in stations {
            let mut serial = [0; 16];
            getrandom::fill(&mut serial).map_err(|_| InitFault::Randomness)?;
            vouchers.push((Voucher { school: school.0, until_s, serial }, name.clone()));
        }
        self.with::<_, StoreFault>(|store| store.note_vouchers(&vouchers, now_s))?;
        Ok(vouchers.iter().map(|(voucher, _)| voucher.seal(&self.key)).collect())
    }

    /// What shows that somebody may see the region's numbers.
    pub(crate) fn metrics_token(&self) -> &str {
        &self.metrics_token
    }

    /// What went through this process.
    pub(crate) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// How often tokens may ask.
    pub(crate) fn rates(&self) -> &Rates {
        &self.rates
    }

    /// How long the region is open, in milliseconds.
    pub(crate) fn uptime_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The key by which stations check answers.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Does something with the store, on a connection that nobody else has meanwhile; waits for one if all are in use. Work
    /// that panics leaves no half of a transaction behind.
    ///
    /// # Errors
    /// Those of `work`; or another connection is needed, and there is none to be had.
    pub fn with<T, E: From<StoreFault>>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        while stores.idle.is_empty() && stores.count >= MOST_STORES {
            stores = self.free.wait(stores).unwrap_or_else(PoisonError::into_inner);
        }
        let idle = stores.idle.pop();
        stores.count += usize::from(idle.is_none());
        drop(stores);
        let mut turn = Turn { hub: self, done: None };
        let mut store = idle.map_or_else(|| Store::open(&self.dir), Ok)?;
        let done = work(&mut store);
        if !store.is_gone() {
            turn.done = Some(store);
        }
        done
    }
}

/// Takes a school into the region, with rules and a calendar to begin with.
///
/// # Errors
/// [`SchoolFault`].
pub fn add_school(store: &mut Store, name: &str, now_s: i64) -> Result<SchoolId, SchoolFault> {
    let school = store.add_school(name, now_s)?;
    let first =
        [Change::Put(Record::Rules(first_rules())), Change::Put(Record::Calendar(first_calendar(now_s)))];
    store.save(school, &first, now_s)?;
    Ok(school)
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("key", &self.key.public()).finish_non_exhaustive()
    }
}

/// Writes a new file that only its owner can read.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), InitFault> {
    write_private(path, bytes).map_err(|fault| InitFault::File { path: path.to_owned(), fault })
}

/// As [`write_secret`].
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all())
}

fn seed_of(text: &str) -> Option<[u8; 32]> {
    let mut seed = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, place) in seed.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(place..place + 2)?, 16).ok()?;
    }
    Some(seed)
}

/// Rules that harm nobody until a librarian sets the school's own.
fn first_rules() -> Rules {
    Rules {
        version: 1,
        pupil: Allowance { max_loans: 5, loan_days: 14, max_renewals: 2, renewal_days: 14 },
        teacher: Allowance { max_loans: 20, loan_days: 90, max_renewals: 2, renewal_days: 90 },
        overdue_blocks_from: 3,
        unknown_item: UnknownItem::Refuse,
        stale: vec![
            StaleStep { after_h: 7 * 24, max_loans: 3, renewals: true },
            StaleStep { after_h: 30 * 24, max_loans: 1, renewals: false },
        ],
    }
}

/// A calendar of weekends alone, to the next 25 May: the last school day in Kazakhstan.
fn first_calendar(now_s: i64) -> Calendar {
    let today = Day(i32::try_from(now_s.div_euclid(86_400)).unwrap_or_default());
    let (year, _, _) = today.ymd();
    let end = |year| Day::from_ymd(year, 5, 25).unwrap_or(today);
    let year_end = if end(year) > today { end(year) } else { end(year.saturating_add(1)) };
    Calendar { version: 1, zone: "Asia/Almaty".into(), weekend: 0b110_0000, closed: Vec::new(), year_end }
}
