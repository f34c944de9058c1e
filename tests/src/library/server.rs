//! The server: a thread for each connection, one lock around the books.

use super::books::{Books, Lent};
use super::habits::{DueForm, Habits};
use exchange::Day;
use links::sip2::{ChecksumMode, Decoder, Field, Kind, Message, SipDate, day_in};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A running library system; it stops taking connections when dropped.
#[derive(Debug)]
pub struct LibrarySystem {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// What came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Connections.
    pub connections: u64,
    /// Messages, repetitions included.
    pub messages: u64,
    /// Checkouts, returns and renewals among them.
    pub deeds: u64,
}

#[derive(Debug)]
struct State {
    books: Books,
    habits: Habits,
    seen: Seen,
    open: Vec<TcpStream>,
    closing: bool,
}

impl LibrarySystem {
    /// Starts one with these books, on a port of the system's choice.
    ///
    /// # Errors
    /// No port is to be had.
    pub fn start(books: Books, habits: Habits) -> std::io::Result<LibrarySystem> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = State { books, habits, seen: Seen::default(), open: Vec::new(), closing: false };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut state = lock(&shared);
                if state.closing {
                    return;
                }
                state.seen.connections += 1;
                state.open.extend(stream.try_clone());
                drop(state);
                let shared = Arc::clone(&shared);
                // A connection that breaks is the station's to notice.
                std::thread::spawn(move || drop(serve(stream, &shared)));
            }
        });
        Ok(LibrarySystem { address, state })
    }

    /// Its books now.
    #[must_use]
    pub fn books(&self) -> Books {
        lock(&self.state).books.clone()
    }

    /// What came in until now.
    #[must_use]
    pub fn seen(&self) -> Seen {
        lock(&self.state).seen
    }

    /// Changes its habits.
    pub fn behave(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut lock(&self.state).habits);
    }

    /// Changes its books, as a librarian does at the desk.
    pub fn at_the_desk(&self, change: impl FnOnce(&mut Books)) {
        change(&mut lock(&self.state).books);
    }

    /// Closes all connections, as systems do with idle ones.
    pub fn hang_up(&self) {
        for stream in lock(&self.state).open.drain(..) {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for LibrarySystem {
    fn drop(&mut self) {
        lock(&self.state).closing = true;
        self.hang_up();
        // Wakes the listener; nothing hangs on it.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection.
struct Talk {
    logged_in: bool,
    last: Option<(Vec<u8>, Vec<u8>)>,
}

/// What is done with an answer.
enum Reply {
    Send(Vec<u8>),
    Nothing,
    HangUp,
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut decoder = Decoder::default();
    let mut talk = Talk { logged_in: false, last: None };
    let mut read = [0; 2048];
    loop {
        let count = stream.read(&mut read)?;
        if count == 0 {
            return Ok(());
        }
        decoder.feed(read.get(..count).unwrap_or_default());
        while let Ok(Some(bytes)) = decoder.next_message() {
            let (reply, habits) = {
                let mut state = lock(state);
                (talk.answer(&bytes, &mut state), state.habits.clone())
            };
            std::thread::sleep(Duration::from_millis(habits.round_trip_ms));
            match reply {
                Reply::Nothing => {}
                Reply::HangUp => return stream.shutdown(Shutdown::Both),
                Reply::Send(mut bytes) => {
                    bytes.extend(habits.end);
                    let (first, second) =
                        bytes.split_at(if habits.splits { bytes.len() / 2 } else { bytes.len() });
                    stream.write_all(first)?;
                    if habits.splits {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                    stream.write_all(second)?;
                }
            }
        }
    }
}

impl Talk {
    fn answer(&mut self, bytes: &[u8], state: &mut State) -> Reply {
        state.seen.messages += 1;
        let count = state.seen.messages;
        let due = |every: Option<u64>| every.is_some_and(|every| count.is_multiple_of(every));
        let (falls, swallows) = (due(state.habits.falls_every), due(state.habits.swallows_every));
        let Ok(message) = Message::read(bytes, ChecksumMode::Strict) else {
            return Reply::Send(b"96AZFEF6".to_vec());
        };
        let code = message.kind().code;
        if matches!(code, "09" | "11" | "29") {
            state.seen.deeds += 1;
        }
        if state.habits.wants_login && !self.logged_in && code != "93" {
            return Reply::HangUp;
        }
        if state.habits.mute.contains(&code) {
            return Reply::Nothing;
        }
        if state.habits.remembers
            && message.trailer().checksum.is_some()
            && let Some((_, answer)) = self.last.as_ref().filter(|(asked, _)| asked == bytes)
        {
            return Reply::Send(answer.clone());
        }
        let Some(mut answer) = self.act(&message, state) else { return Reply::Nothing };
        if let Some(sequence) = message.trailer().sequence {
            answer = answer.with_error_detection(sequence - b'0');
        }
        let mut bytes_out = answer.bytes();
        if state.habits.sums_wrongly && message.trailer().sequence.is_some() {
            let length = bytes_out.len();
            bytes_out.truncate(length - 4);
            bytes_out.extend(b"1E50");
        }
        self.last = Some((bytes.to_vec(), bytes_out.clone()));
        if falls {
            Reply::HangUp
        } else if swallows {
            Reply::Nothing
        } else {
            Reply::Send(bytes_out)
        }
    }

    fn act(&mut self, message: &Message, state: &mut State) -> Option<Message> {
        let charset = state.habits.charset;
        let text = |id: &[u8; 2]| message.field(id).map(|field| field.text(charset)).unwrap_or_default();
        let (patron, item) = (text(b"AA"), text(b"AB"));
        let date = |part: &str| message.fixed(part).and_then(|date| day_in(&String::from_utf8_lossy(date)));
        let today = date("transaction_date").unwrap_or_default();
        let now = SipDate::end_of(today).text();
        let written = |due: Day| write_due(due, state.habits.due);
        let books = &mut state.books;
        let lent = |lent: Result<Lent, &str>, title: &str| -> (String, String, Vec<(&'static str, String)>) {
            let (ok, renewed, due, words) = match &lent {
                Ok(lent) => ("1", lent.renewed, written(lent.due), ""),
                Err(words) => ("0", false, String::new(), *words),
            };
            let fields = vec![
                ("AA", patron.clone()),
                ("AB", item.clone()),
                ("AJ", title.to_owned()),
                ("AH", due),
                ("AF", words.to_owned()),
            ];
            (ok.to_owned(), if renewed { "Y" } else { "N" }.to_owned(), fields)
        };
        let title = books.items.get(&item).map(|row| row.title.clone()).unwrap_or_default();
        let (code, fixed, fields): (&str, Vec<String>, Vec<(&str, String)>) = match message.kind().code {
            "93" => {
                let (name, password) = &state.habits.login;
                let ok = name.is_empty() || (*name == text(b"CN") && *password == text(b"CO"));
                self.logged_in = ok;
                ("94", vec![if ok { "1" } else { "0" }.into()], vec![])
            }
            "99" => {
                // As some do: it says that it does not lend, though it does.
                let fixed = ["Y", "N", "N", "Y", "N", "N", "600", "003", &now, "2.00"];
                let fields = vec![("AO", text(b"AO")), ("BX", "YYYYYYYYYYYYYYYY".into())];
                ("98", fixed.map(str::to_owned).into(), fields)
            }
            "63" => {
                let row = books.patrons.get(&patron);
                let charged = books.charged(&patron);
                let wanted = message.fixed("summary").is_some_and(|summary| summary.get(2) == Some(&b'Y'));
                let status = if row.is_some_and(|row| row.blocked) { "YYYY" } else { "" };
                let mut fixed: Vec<String> = vec![status.into(), "000".into(), now];
                fixed.extend(["0000".into(), "0000".into(), format!("{:04}", charged.len())]);
                fixed.extend(["0000".into(), "0000".into(), "0000".into()]);
                let mut fields = vec![("AO", text(b"AO")), ("AA", patron.clone())];
                fields.push(("AE", row.map(|row| row.name.clone()).unwrap_or_default()));
                fields.push(("BL", if row.is_some() { "Y" } else { "N" }.into()));
                if wanted {
                    fields.extend(charged.iter().map(|number| ("AU", (*number).to_owned())));
                }
                ("64", fixed, fields)
            }
            "17" => {
                let row = books.items.get(&item);
                let loan = row.and_then(|row| row.loan.as_ref());
                let status = match (row, loan) {
                    (None, _) => "01",
                    (Some(_), Some(_)) => "04",
                    (Some(_), None) => "03",
                };
                let due = loan.map(|(_, due)| written(*due)).unwrap_or_default();
                let fields = vec![("AB", item.clone()), ("AJ", title), ("AH", due)];
                ("18", vec![status.into(), "00".into(), "01".into(), now], fields)
            }
            "11" => {
                let forces = state.habits.forces && message.fixed("no_block") == Some(b"Y");
                let force = date("nb_due_date").filter(|_| forces);
                let (ok, renewed, fields) = lent(books.lend(&patron, &item, today, force), &title);
                ("12", vec![ok, renewed, "N".into(), "Y".into(), now], fields)
            }
            "29" => {
                let (ok, renewed, fields) = lent(books.renew(&patron, &item, date("nb_due_date")), &title);
                ("30", vec![ok, renewed, "N".into(), "Y".into(), now], fields)
            }
            "09" => {
                let (ok, words) = match books.take_back(&item) {
                    Ok(_) => ("1", ""),
                    Err(words) => ("0", words),
                };
                let fields =
                    vec![("AO", text(b"AO")), ("AB", item.clone()), ("AJ", title), ("AF", words.into())];
                ("10", vec![ok.into(), "Y".into(), "N".into(), "N".into(), now], fields)
            }
            "35" => ("36", vec!["Y".into(), now], vec![("AO", text(b"AO")), ("AA", patron.clone())]),
            _ => return None,
        };
        let fields = fields
            .into_iter()
            .filter_map(|(id, text)| Some(Field::new(id.as_bytes().try_into().ok()?, &text, charset)))
            .collect();
        let fixed: Vec<&str> = fixed.iter().map(String::as_str).collect();
        Some(Message::new(Kind::of(code.as_bytes())?, &fixed, fields))
    }
}

fn write_due(due: Day, form: DueForm) -> String {
    let (year, month, day) = due.ymd();
    match form {
        DueForm::Sip => SipDate::end_of(due).text(),
        DueForm::Iso => format!("{year:04}-{month:02}-{day:02} 23:59:00"),
        DueForm::Slashes => format!("{day}/{month}/{year}"),
    }
}
