//! What a station asks of a library system.

use super::date::SipDate;
use super::profile::{NoBlock, Profile};
use super::{Charset, Field, Kind, Message};
use exchange::Day;

/// Language: not told.
const LANGUAGE: &str = "000";
/// A date that is not told.
const NO_DATE: &str = "                  ";

/// Who the station is to the system, and how it is spoken to.
#[derive(Clone)]
pub struct Account {
    /// Its name there (`CN`); with an empty one no login is sent.
    pub login: String,
    /// Its password (`CO`).
    pub password: String,
    /// Its place (`CP`); may be empty.
    pub location: String,
    /// The library (`AO`); may be empty.
    pub institution: String,
    /// The system's profile.
    pub profile: Profile,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("institution", &self.institution).finish_non_exhaustive()
    }
}

impl Account {
    /// 93: who we are.
    #[must_use]
    pub fn login(&self) -> Option<Message> {
        let fields = [(*b"CN", self.login.as_str()), (*b"CO", &self.password), (*b"CP", &self.location)];
        self.message("93", &["0", "0"], &fields).filter(|_| !self.login.is_empty())
    }

    /// 99: are you there?
    #[must_use]
    pub fn status(&self) -> Option<Message> {
        self.message("99", &["0", "030", "2.00"], &[])
    }

    /// 63: who is this, and, if `charged`, what do they have?
    #[must_use]
    pub fn patron(&self, card: &str, charged: bool, now: SipDate) -> Option<Message> {
        let summary = if charged { "  Y       " } else { "          " };
        let fields = [(*b"AO", self.institution.as_str()), (*b"AA", card), (*b"AC", ""), (*b"AD", "")];
        self.message("63", &[LANGUAGE, &now.text(), summary], &fields)
    }

    /// 17: what is this, and where is it?
    #[must_use]
    pub fn item(&self, item: &str, now: SipDate) -> Option<Message> {
        let fields = [(*b"AO", self.institution.as_str()), (*b"AB", item), (*b"AC", "")];
        self.message("17", &[&now.text()], &fields)
    }

    /// 11: it was lent. A renewal instead is not wanted.
    #[must_use]
    pub fn checkout(&self, patron: &str, item: &str, due: Day, at: SipDate) -> Option<Message> {
        let (no_block, due) = match self.profile.no_block {
            NoBlock::Checkout => ("Y", SipDate::end_of(due).text()),
            NoBlock::Never => ("N", NO_DATE.to_owned()),
        };
        let fields = [(*b"AO", self.institution.as_str()), (*b"AA", patron), (*b"AB", item), (*b"AC", "")];
        self.message("11", &["N", no_block, &at.text(), &due], &fields)
    }

    /// 09: it came back.
    #[must_use]
    pub fn checkin(&self, item: &str, at: SipDate) -> Option<Message> {
        let fields =
            [(*b"AP", self.location.as_str()), (*b"AO", &self.institution), (*b"AB", item), (*b"AC", "")];
        self.message("09", &["N", &at.text(), &at.text()], &fields)
    }

    /// 29: it was renewed.
    #[must_use]
    pub fn renew(&self, patron: &str, item: &str, due: Day, at: SipDate) -> Option<Message> {
        let fields = [(*b"AO", self.institution.as_str()), (*b"AA", patron), (*b"AB", item), (*b"AC", "")];
        self.message("29", &["N", "N", &at.text(), &SipDate::end_of(due).text()], &fields)
    }

    /// 35: nobody is at the station any more.
    #[must_use]
    pub fn end_session(&self, card: &str, now: SipDate) -> Option<Message> {
        let fields = [(*b"AO", self.institution.as_str()), (*b"AA", card), (*b"AC", ""), (*b"AD", "")];
        self.message("35", &[&now.text()], &fields)
    }

    /// A message of ours; `None` only for a code that is in no table.
    fn message(&self, code: &str, fixed: &[&str], fields: &[([u8; 2], &str)]) -> Option<Message> {
        let charset: Charset = self.profile.charset;
        let fields = fields.iter().map(|(id, text)| Field::new(*id, text, charset)).collect();
        Kind::of(code.as_bytes()).map(|kind| Message::new(kind, fixed, fields))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::sip2::GENERIC;

    pub(crate) fn account() -> Account {
        Account {
            login: "kiosk".into(),
            password: "secret".into(),
            location: String::new(),
            institution: "SCHOOL".into(),
            profile: Profile::named(GENERIC).unwrap(),
        }
    }

    const AT: SipDate = SipDate { day: Day(20_000), hour: 9, minute: 30, second: 0 };

    fn written(message: Option<Message>) -> String {
        String::from_utf8(message.unwrap().bytes()).unwrap()
    }

    #[test]
    fn messages_are_those_of_the_standard() {
        let mut account = account();
        assert_eq!(written(account.login()), "9300CNkiosk|COsecret|CP|");
        assert_eq!(written(account.status()), "9900302.00");
        assert_eq!(
            written(account.checkout("P1", "I1", Day(20_014), AT)),
            "11NN20241004    093000                  AOSCHOOL|AAP1|ABI1|AC|"
        );
        account.profile.no_block = NoBlock::Checkout;
        assert_eq!(
            written(account.checkout("P1", "I1", Day(20_014), AT)),
            "11NY20241004    09300020241018    235959AOSCHOOL|AAP1|ABI1|AC|"
        );
        assert_eq!(
            written(account.checkin("I1", AT)),
            "09N20241004    09300020241004    093000AP|AOSCHOOL|ABI1|AC|"
        );
        assert_eq!(
            written(account.patron("P1", true, AT)),
            "6300020241004    093000  Y       AOSCHOOL|AAP1|AC|AD|"
        );
        account.login.clear();
        assert!(account.login().is_none());
    }

    #[test]
    fn no_password_is_shown() {
        assert!(!format!("{:?}", account()).contains("secret"));
        assert!(!format!("{:?}", account().login()).contains("secret"));
    }
}
