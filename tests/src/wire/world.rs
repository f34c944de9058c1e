//! A region in this process and a journal that calls it.

use super::proxy::Proxy;
use crate::demo::chance::Chance;
use crate::demo::school::School;
use anyhow::{Context, bail, ensure};
use exchange::enrol::{self, EnrolAnswer, EnrolRequest};
use exchange::wire::SecretKey;
use exchange::{
    Act, Answer, Basis, ClockSample, ClockTrust, Day, ItemId, PatronId, Request, SCHEMA, Seq, Stamp,
};
use hub::Hub;
use hub::server::{certs, serve};
use hub::store::SchoolId;
use journal::{Journal, TakeError};
use links::https::{Patience, Settings, TimeFloor, Trust};
use links::{Call, Caller, Https, Keys, Outbox, Pace, Step, Taken, Waiting, round};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// When the September of these journals begins: 2026-09-01T08:00 in Almaty.
const BEGIN_S: i64 = 1_788_231_600;

/// A region that serves in this process.
#[derive(Debug)]
pub struct Region {
    /// Its folder.
    pub dir: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
    /// The region itself.
    pub hub: Arc<Hub>,
    _runtime: tokio::runtime::Runtime,
}

impl Region {
    /// Makes a region for `school` in `dir` and serves it.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn start(dir: &Path, school: &School) -> anyhow::Result<Region> {
        let region = dir.join("region");
        Hub::init(&region, None, &school.name, BEGIN_S)?;
        let files = dir.join("school");
        std::fs::create_dir_all(&files)?;
        school.write(&files)?;
        for what in ["classes", "patrons", "titles", "items"] {
            let file = files.join(format!("{what}.csv"));
            let args =
                ["oqyrman-hub".into(), "import".into(), region.clone().into(), what.into(), file.into()];
            hub::cli::main_with_args(args.into_iter().collect::<Vec<OsString>>())?;
        }
        Region::serve(&region)
    }

    /// Serves the region in `dir`, which is there.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn serve(dir: &Path) -> anyhow::Result<Region> {
        let hub = Arc::new(Hub::open(dir)?);
        let school = hub.with(|store| store.school_name(SchoolId(1)))?.context("a region has a school")?;
        let tls = certs::server_config(dir, &school, &certs::own_names([127, 0, 0, 1].into()))?;
        let runtime = tokio::runtime::Runtime::new()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(Arc::clone(&hub), listener, tls, std::future::pending()));
        Ok(Region { dir: dir.to_owned(), address, hub, _runtime: runtime })
    }

    /// Events the region holds.
    ///
    /// # Errors
    /// Its store cannot be read.
    pub fn events(&self) -> anyhow::Result<u64> {
        Ok(self.hub.with(|store| store.counts(SchoolId(1)))?.events)
    }
}

/// A journal and its way to the region.
pub struct Sender {
    /// The journal.
    pub journal: Journal,
    link: Https,
    /// Who it is.
    pub keys: Keys,
    started: Instant,
}

/// How a delivery went.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// Calls, those that failed included.
    pub calls: u64,
    /// How long it took.
    pub took: Duration,
}

impl Sender {
    /// Makes a journal in `dir`, has it join the region directly, and reads all feeds. Later calls go through `proxy`.
    ///
    /// # Errors
    /// A step fails.
    pub fn join(dir: &Path, region: &Region, proxy: &Proxy) -> anyhow::Result<Sender> {
        Sender::join_as(dir, region, proxy, ("hall", 5))
    }

    /// As [`Sender::join`], for one of several stations: its name, and a seed of its keys that no other has.
    ///
    /// # Errors
    /// A step fails.
    pub fn join_as(
        dir: &Path,
        region: &Region,
        proxy: &Proxy,
        (name, seed): (&str, u8),
    ) -> anyhow::Result<Sender> {
        let secret = SecretKey::from_seed([seed; 32]);
        let direct = link(region, region.address)?;
        let code = enrol::code([seed; 8]);
        let request = EnrolRequest {
            schema: SCHEMA,
            key: secret.public(),
            code: code.clone(),
            name: name.into(),
            voucher: None,
        };
        direct.enrol(&request, &secret)?;
        let now_s = now_s()?;
        region.hub.with(|store| store.approve(SchoolId(1), &code, "bench", now_s))?;
        let EnrolAnswer::Approved { station, epoch, region_key, .. } = direct.enrol(&request, &secret)?
        else {
            bail!("the region did not take the station in");
        };
        let (mut journal, _) = Journal::open(dir, BEGIN_S)?;
        journal.enrol(station, Some(epoch))?;
        let keys = Keys { station, secret, region: region_key };
        let mut sender = Sender { journal, link: direct, keys, started: Instant::now() };
        sender.deliver(Duration::from_secs(60))?;
        sender.link = link(region, proxy.address)?;
        Ok(sender)
    }

    /// Calls this region from now on, directly: another one under the same name and with the same keys.
    ///
    /// # Errors
    /// The link cannot be set up.
    pub fn turn_to(&mut self, region: &Region) -> anyhow::Result<()> {
        self.link = link(region, region.address)?;
        Ok(())
    }

    /// Calls as the station's thread does, until both sides have everything.
    ///
    /// # Errors
    /// They have not after `patience`.
    pub fn deliver(&mut self, patience: Duration) -> anyhow::Result<Delivery> {
        let begun = Instant::now();
        let now_ms = || u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut chance = Chance::new(7);
        let mut caller = Caller::new(Pace { batch_events: 1, ..Pace::default() });
        caller.hurry(0);
        let (mut calls, mut done) = (0, false);
        while !done {
            ensure!(begun.elapsed() < patience, "not delivered in {patience:?}, after {calls} calls");
            caller.waiting(self.waiting()?);
            match caller.next(now_ms()) {
                Step::Wait { until_ms } => {
                    std::thread::sleep(Duration::from_millis(until_ms.saturating_sub(now_ms())))
                }
                Step::Call(call) => {
                    calls += 1;
                    let Sender { journal, link, keys, started } = self;
                    let mut outbox = Direct { journal, started: *started };
                    match round(link, &mut outbox, keys, &call) {
                        Ok(taken) => {
                            caller.answered(now_ms(), chance.next_u64(), &call, taken);
                            let more = matches!(taken, Taken::Good { more: true, .. });
                            done = !more && outbox.waiting()?.events() == 0;
                        }
                        Err(fault) => caller.failed(now_ms(), chance.next_u64(), &call, fault.reached()),
                    }
                }
            }
        }
        Ok(Delivery { calls, took: begun.elapsed() })
    }

    /// One call with nothing to say, or with the next events.
    ///
    /// # Errors
    /// It fails.
    pub fn call_once(&mut self) -> anyhow::Result<()> {
        let Sender { journal, link, keys, started } = self;
        let mut outbox = Direct { journal, started: *started };
        let from_seq = outbox.waiting()?.acked.next();
        let call = Call { from_seq, max_events: 1, answer_limit: 4096 };
        round(link, &mut outbox, keys, &call).context("a single call")?;
        Ok(())
    }

    fn waiting(&mut self) -> anyhow::Result<Waiting> {
        Ok(Direct { journal: &mut self.journal, started: self.started }.waiting()?)
    }
}

fn link(region: &Region, address: SocketAddr) -> anyhow::Result<Https> {
    let trust = Trust::Ca(std::fs::read(region.dir.join(certs::CA_FILE))?);
    let settings = Settings { url: format!("https://{address}"), trust, patience: Patience::default() };
    Ok(Https::new(&settings, &TimeFloor::new(BEGIN_S))?)
}

fn now_s() -> anyhow::Result<i64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().try_into()?)
}

/// The journal as an outbox, in the same thread.
struct Direct<'a> {
    journal: &'a mut Journal,
    started: Instant,
}

impl Outbox for Direct<'_> {
    type Fault = TakeError;

    fn waiting(&mut self) -> Result<Waiting, TakeError> {
        let outbox = self.journal.outbox();
        Ok(Waiting { acked: outbox.acked, head: outbox.head })
    }

    fn request(&mut self, call: &Call) -> Result<Request, TakeError> {
        let mono_s = self.started.elapsed().as_secs();
        let wall_s = self.journal.lower_bound_s();
        let clock = ClockSample { wall_s, boot: self.journal.boot(), mono_s, trust: ClockTrust::Rtc };
        Ok(self.journal.request(call.from_seq, call.max_events, call.answer_limit, clock)?)
    }

    fn take(&mut self, answer: Answer) -> Result<Taken, TakeError> {
        let taken = self.journal.take_answer(&answer)?;
        Ok(Taken::Good { stored_upto: taken.acked, changed: taken.changed(), more: taken.more })
    }
}

/// Writes `count` events of a school's autumn into a journal: one pupil after the other comes to the desk, brings what they
/// have read, keeps some of it longer, and takes new books from the shelf, as many as the rules allow.
///
/// # Errors
/// The journal cannot be written.
pub fn autumn(
    journal: &mut Journal,
    school: &School,
    count: usize,
    chance: &mut Chance,
) -> anyhow::Result<()> {
    let due = Day::from_ymd(2026, 9, 22).context("no such day")?;
    let head = journal.outbox().head;
    let mut wall_s = BEGIN_S + i64::try_from(head.0)? * 40;
    let lendable = school.copies.iter().filter(|copy| copy.status == "lendable");
    let mut shelf: Vec<&str> = lendable.map(|copy| copy.number.as_str()).collect();
    for place in (1..shelf.len()).rev() {
        shelf.swap(place, chance.below(place + 1));
    }
    let mut out: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    let mut acts: Vec<(i64, Act)> = Vec::with_capacity(count);
    while acts.len() < count {
        let patron = 1 + chance.below(school.people.len()) as u64;
        wall_s += 15 + chance.below(60) as i64;
        let has = out.entry(patron).or_default();
        for number in std::mem::take(has) {
            wall_s += 2 + chance.below(6) as i64;
            let item = ItemId::new(number)?;
            if chance.below(8) == 0 {
                has.push(number);
                acts.push((wall_s, Act::Renewed { patron: PatronId(patron), item, due: due.plus(14) }));
            } else {
                shelf.push(number);
                acts.push((wall_s, Act::Returned { item }));
            }
        }
        for _ in has.len()..1 + chance.below(4) {
            wall_s += 2 + chance.below(6) as i64;
            let number = shelf.swap_remove(chance.below(shelf.len()));
            has.push(number);
            acts.push((
                wall_s,
                Act::CheckedOut { patron: PatronId(patron), item: ItemId::new(number)?, due },
            ));
        }
    }
    acts.truncate(count);
    let basis = Basis { rules: 1, data_as_of_s: BEGIN_S };
    for (wall_s, act) in acts {
        let mono_s = u64::try_from(wall_s - BEGIN_S)?;
        journal.append(
            &[act],
            basis,
            Stamp { wall_s, boot: journal.boot(), mono_s, trust: ClockTrust::Rtc },
        )?;
    }
    ensure!(journal.outbox().head == Seq(head.0 + count as u64), "the journal lost events");
    Ok(())
}
