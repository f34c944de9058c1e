//! What is wrong in a form that was sent: the form is shown again with what was typed, and the sentence beside its field.

/// A sentence, and the field that it is about.
#[derive(Debug)]
pub(super) struct Fault {
    /// The field's name in the form; empty if it is about the whole form.
    field: String,
    sentence: String,
}

impl Fault {
    /// About a field.
    pub(super) fn at(field: impl Into<String>, sentence: impl Into<String>) -> Fault {
        Fault { field: field.into(), sentence: sentence.into() }
    }

    /// The field; empty if it is about the whole form.
    pub(super) fn field(&self) -> &str {
        &self.field
    }

    /// About the whole form.
    pub(super) fn whole(sentence: impl Into<String>) -> Fault {
        Fault::at("", sentence)
    }
}

/// What is wrong in a form, as its template asks for it.
#[derive(Debug, Default)]
pub(super) struct Faults(Option<Fault>);

impl Faults {
    /// The one that was found, if one was.
    pub(super) fn new(fault: Option<Fault>) -> Faults {
        Faults(fault)
    }

    /// Whether something is wrong.
    pub(super) fn are_there(&self) -> bool {
        self.0.is_some()
    }

    /// What is wrong with the whole form.
    pub(super) fn whole(&self) -> Option<&str> {
        self.of("")
    }

    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        self.0.as_ref().filter(|fault| fault.field == field).map(|fault| fault.sentence.as_str())
    }

    /// Attributes of a field: the one with the fault is marked, and brought into sight.
    pub(super) fn mark(&self, field: &str) -> &'static str {
        if self.of(field).is_some() { " aria-invalid=\"true\" autofocus" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_stands_at_its_field_alone() {
        let faults = Faults::new(Some(Fault::at("days", "1 to 9")));
        assert_eq!((faults.of("days"), faults.of("name"), faults.whole()), (Some("1 to 9"), None, None));
        assert!(faults.mark("name").is_empty() && faults.mark("days").contains("aria-invalid"));
        assert_eq!(Faults::new(Some(Fault::whole("moved"))).whole(), Some("moved"));
        assert!(!Faults::default().are_there());
    }
}
