//! The US keyboard by Linux key codes (`linux/input-event-codes.h`), which is what readers in keyboard mode type on.

/// A key that types: what it gives alone and with Shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) plain: u8,
    pub(super) shifted: u8,
}

/// Rows of neighbouring key codes: the first code, the characters alone, the characters with Shift.
const ROWS: [(u16, &[u8], &[u8]); 4] = [
    (2, b"1234567890-=", b"!@#$%^&*()_+"),
    (16, b"qwertyuiop[]", b"QWERTYUIOP{}"),
    (30, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
    (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
];

/// Keypad keys, the same with and without Shift; whether NumLock is lit does not matter.
const KEYPAD: [(u16, u8); 17] = [
    (71, b'7'),
    (72, b'8'),
    (73, b'9'),
    (75, b'4'),
    (76, b'5'),
    (77, b'6'),
    (79, b'1'),
    (80, b'2'),
    (81, b'3'),
    (82, b'0'),
    (83, b'.'),
    (55, b'*'),
    (74, b'-'),
    (78, b'+'),
    (98, b'/'),
    (117, b'='),
    (121, b','),
];

const SPACE: u16 = 57;

/// What a key types, or `None` for a key without a character.
pub(super) fn typed(code: u16) -> Option<Typed> {
    if code == SPACE {
        return Some(Typed { plain: b' ', shifted: b' ' });
    }
    if let Some((_, key)) = KEYPAD.iter().find(|(keypad, _)| *keypad == code) {
        return Some(Typed { plain: *key, shifted: *key });
    }
    ROWS.iter().find_map(|(first, plain, shifted)| {
        let at = usize::from(code.checked_sub(*first)?);
        Some(Typed { plain: *plain.get(at)?, shifted: *shifted.get(at)? })
    })
}

/// The digit of a keypad key, for Alt codes.
pub(super) fn keypad_digit(code: u16) -> Option<u32> {
    let (_, key) = KEYPAD.iter().find(|(keypad, _)| *keypad == code)?;
    char::from(*key).to_digit(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use evdev::KeyCode;

    #[test]
    fn codes_are_those_of_the_kernel() {
        for (key, plain, shifted) in [
            (KeyCode::KEY_1, b'1', b'!'),
            (KeyCode::KEY_EQUAL, b'=', b'+'),
            (KeyCode::KEY_P, b'p', b'P'),
            (KeyCode::KEY_RIGHTBRACE, b']', b'}'),
            (KeyCode::KEY_A, b'a', b'A'),
            (KeyCode::KEY_GRAVE, b'`', b'~'),
            (KeyCode::KEY_BACKSLASH, b'\\', b'|'),
            (KeyCode::KEY_SLASH, b'/', b'?'),
            (KeyCode::KEY_KP0, b'0', b'0'),
            (KeyCode::KEY_KPASTERISK, b'*', b'*'),
            (KeyCode::KEY_SPACE, b' ', b' '),
        ] {
            assert_eq!(typed(key.0), Some(Typed { plain, shifted }), "{key:?}");
        }
        for key in
            [KeyCode::KEY_ESC, KeyCode::KEY_BACKSPACE, KeyCode::KEY_F1, KeyCode::KEY_UP, KeyCode::KEY_TAB]
        {
            assert_eq!(typed(key.0), None, "{key:?}");
        }
    }
}
