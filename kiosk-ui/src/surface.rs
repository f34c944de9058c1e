//! The one place where plain data meets the component: [`Content`] is written to its globals, its callbacks become
//! [`Touch`]es.

use crate::content::Content;
use crate::convert;
use crate::ui::{App, Page, Renewal, Shown, Size, Touched};
use anyhow::Context;
use desk::view::{ClassId, PatronId};
use desk::{Touch, View};
use slint::{ComponentHandle, ModelRc, VecModel};
use std::cell::RefCell;
use std::rc::Rc;

/// The component, and what it shows.
pub(crate) struct Surface {
    app: App,
    shown: RefCell<Option<Content>>,
}

impl Surface {
    /// Makes the component. The platform must have been chosen before.
    ///
    /// # Errors
    /// If there is no platform, or it has no window to give.
    pub(crate) fn new() -> anyhow::Result<Surface> {
        let app = App::new().context("the screen's window cannot be made")?;
        Ok(Surface { app, shown: RefCell::new(None) })
    }

    /// The component.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// Sets how many logical pixels a millimetre has.
    pub(crate) fn set_mm(&self, logical_px: f32) {
        self.app.global::<Size>().set_mm(logical_px);
    }

    /// Shows a view.
    ///
    /// # Errors
    /// If the view's language is not in the program.
    pub(crate) fn show(&self, view: &View) -> anyhow::Result<()> {
        let next = Content::of(view);
        let last = self.shown.replace(Some(next.clone()));
        if last.as_ref().is_none_or(|last| last.language != next.language) {
            slint::select_bundled_translation(view.lang.code())
                .with_context(|| format!("the program has no words for the language {}", view.lang.code()))?;
        }
        self.write(last.as_ref(), &next);
        Ok(())
    }

    /// Whether a view has been shown.
    pub(crate) fn is_showing(&self) -> bool {
        self.shown.borrow().is_some()
    }

    /// Writes what differs. A list is replaced only when it changed: to replace it drops a press on one of its rows.
    fn write(&self, last: Option<&Content>, next: &Content) {
        let shown = self.app.global::<Shown>();
        let other_page = last.is_none_or(|last| last.page != next.page);
        let more_deeds = last.is_some_and(|last| last.deeds.len() != next.deeds.len());
        let other_class = last.is_some_and(|last| last.class_name != next.class_name);
        if other_page || more_deeds || other_class {
            shown.set_list_page(0);
        }
        macro_rules! list {
            ($field:ident, $set:ident) => {
                if last.is_none_or(|last| last.$field != next.$field) {
                    shown.$set(ModelRc::from(Rc::new(VecModel::from(next.$field.clone()))));
                }
            };
        }
        list!(kept, set_kept);
        list!(choices, set_choices);
        list!(deeds, set_deeds);
        list!(loans, set_loans);
        list!(open_books, set_open_books);
        list!(ways, set_ways);
        list!(checks, set_checks);
        if last.is_none_or(|last| last.qr_text != next.qr_text) {
            let code = crate::qr::image(&next.qr_text);
            shown.set_with_qr(code.is_some());
            shown.set_qr(code.unwrap_or_default());
        }
        shown.set_plug(next.plug.clone());
        shown.set_setup(next.setup.clone());
        shown.set_setup_lends(next.setup_lends);
        shown.set_kept_on_loan(next.kept.iter().any(|kept| kept.on_loan));
        shown.set_some_renewable(next.loans.iter().any(|loan| loan.renewal == Renewal::Yes));
        shown.set_language(next.language);
        shown.set_link(next.link);
        shown.set_link_days(next.link_days);
        shown.set_help(next.help);
        shown.set_ends_in_s(next.ends_in_s);
        shown.set_given(next.given.clone());
        shown.set_class_name(next.class_name.clone());
        shown.set_notice(next.notice.clone());
        shown.set_without_card(next.without_card);
        shown.set_note(next.note);
        shown.set_pad_say(next.pad_say);
        shown.set_pad_count(next.pad_count);
        shown.set_pad_lying(next.pad_lying);
        shown.set_receipt(next.receipt);
        shown.set_room(next.room);
        shown.set_on_loan(next.on_loan);
        shown.set_entered(next.entered);
        shown.set_wrong(next.wrong);
        shown.set_locked_s(next.locked_s);
        shown.set_refusal(next.refusal.clone());
        shown.set_outcome(next.outcome.clone());
        shown.set_fault(next.fault);
        shown.set_fault_code(next.fault_code);
        shown.set_enrol_code(next.enrol_code.clone());
        shown.set_status(next.status.clone());
        shown.set_paused(next.paused);
        shown.set_stick(next.stick.clone());
        shown.set_page(next.page);
    }

    /// Calls `sink` for each tap.
    pub(crate) fn on_touch(&self, sink: impl Fn(Touch) + 'static) {
        let touched = self.app.global::<Touched>();
        let sink = Rc::new(sink);
        macro_rules! on {
            ($set:ident, $touch:expr) => {{
                let sink = sink.clone();
                touched.$set(move || sink($touch));
            }};
            ($set:ident, $argument:ident, $touch:expr) => {{
                let sink = sink.clone();
                touched.$set(move |$argument| {
                    if let Some(touch) = $touch {
                        sink(touch);
                    }
                });
            }};
        }
        let row = |row: i32| u16::try_from(row).ok();
        on!(on_anywhere, Touch::Anywhere);
        on!(on_language, language, Some(Touch::Language(convert::lang(language))));
        on!(on_help, Touch::Help);
        on!(on_back, Touch::Back);
        on!(on_finish, Touch::Finish);
        on!(on_return_books, Touch::ReturnBooks);
        on!(on_no_card, Touch::NoCard);
        on!(on_class, key, key.parse().ok().map(|id| Touch::Class(ClassId(id))));
        on!(on_name, key, key.parse().ok().map(|id| Touch::Name(PatronId(id))));
        on!(on_digit, digit, u8::try_from(digit).ok().map(Touch::Digit));
        on!(on_erase, Touch::Erase);
        on!(on_enter, Touch::Enter);
        on!(on_my_books, Touch::MyBooks);
        on!(on_renew, index, row(index).map(Touch::Renew));
        on!(on_renew_all, Touch::RenewAll);
        on!(on_undo, index, row(index).map(Touch::Undo));
        on!(on_return_kept, Touch::ReturnKept);
        on!(on_staff, Touch::Staff);
        on!(on_call_region, Touch::CallRegion);
        on!(on_write_stick, Touch::WriteStick);
        on!(on_pause, pause, Some(Touch::Pause(pause)));
    }

    /// The screen that is shown, as a word for file names: `idle`, `my-books`.
    pub(crate) fn page_name(&self) -> String {
        let page: Page = self.app.global::<Shown>().get_page();
        format!("{page:?}").chars().fold(String::new(), |mut name, letter| {
            if letter.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(letter.to_lowercase());
            name
        })
    }
}
