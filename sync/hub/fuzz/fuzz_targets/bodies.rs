//! What the region is sent by HTTP: by anybody, and by a station it knows that writes nonsense. It is taken or refused, and
//! the region can still be asked. The first byte says which; what a known station says is signed here.
#![no_main]

use exchange::wire::{SecretKey, seal_enrol};
use exchange::enrol::EnrolRequest;
use hub::Hub;
use hub::store::SchoolId;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

const NOW_S: i64 = 1_790_000_000;

/// A region that has taken in station 1.
fn hub() -> &'static Hub {
    static HUB: OnceLock<Hub> = OnceLock::new();
    HUB.get_or_init(|| {
        let dir = std::env::temp_dir().join(format!("bodies-{}", std::process::id()));
        Hub::init(&dir, None, "№ 12 мектеп", NOW_S).unwrap();
        let hub = Hub::open(&dir).unwrap();
        let key = SecretKey::from_seed([7; 32]);
        let code = exchange::enrol::code([1, 2, 3, 4, 5, 6, 7, 8]);
        let request = EnrolRequest {
            schema: exchange::SCHEMA,
            key: key.public(),
            code: code.clone(),
            name: "hall".into(),
            voucher: None,
        };
        hub.enrol(&seal_enrol(&request, &key), NOW_S).unwrap();
        hub.with(|store| store.approve(SchoolId(1), &code, "fuzz", NOW_S)).unwrap();
        // The database is open: its files may go, and none stay when this is killed.
        let _ = std::fs::remove_dir_all(&dir);
        hub
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, body)) = bytes.split_first() else { return };
    match kind % 4 {
        0 => drop(hub().exchange(body, NOW_S)),
        1 => drop(hub().enrol(body, NOW_S)),
        packed => {
            let mut message = vec![b'O', b'Q', 0x10 | packed & 1, 1];
            message.extend(body);
            let signature = SecretKey::from_seed([7; 32]).sign(&message);
            message.extend(signature);
            drop(hub().exchange(&message, NOW_S));
        }
    }
});
