//! Gathers what the doctor judges: the machine, the station as it tells of itself, the region, the units.

use crate::clock::system_wall_s;
use crate::config::Config;
use crate::doctor::{self, ConfigFacts, Facts, Machine, StationFacts};
use crate::status::{MemoryStatus, Status};
use journal::Journal;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Where a station without a configuration would keep its data.
const DATA_DIR: &str = "/var/lib/oqyrman";

/// Looks at everything once. `root` is `/` but in tests; with `online` the region is called.
#[must_use]
pub fn gather(config: &Path, root: &Path, online: bool) -> Facts {
    let config = Config::read(config);
    let data_dir = config.as_ref().map_or_else(|_| DATA_DIR.into(), |config| config.data_dir.clone());
    let station = station(&data_dir);
    let floor_s = station.status().map_or(0, |status| status.at_s);
    let real = root == Path::new("/");
    Facts {
        machine: Machine::seen(root, &data_dir),
        link: config
            .as_ref()
            .ok()
            .filter(|_| online)
            .and_then(|config| doctor::look_at_network(config, floor_s)),
        units: real.then(doctor::look_at_units).flatten(),
        config: config.as_ref().map(ConfigFacts::of).map_err(ToString::to_string),
        station,
    }
}

fn station(data_dir: &Path) -> StationFacts {
    let Ok(status) = Status::read(data_dir) else { return StationFacts::Never };
    if status.running {
        return StationFacts::Runs(Box::new(status));
    }
    // A file that another user makes while mending could not be opened by the station.
    let owner = std::fs::metadata(data_dir.join("journal.db")).map(|journal| journal.uid());
    if owner.is_ok_and(|owner| owner != rustix::process::geteuid().as_raw()) {
        return StationFacts::NotOurs(Box::new(status));
    }
    // Nobody holds the memory: it is opened, which checks and repairs it.
    match Journal::open(data_dir, system_wall_s()) {
        Ok((_, report)) => {
            let memory = MemoryStatus { setup: status.memory.setup.clone(), ..MemoryStatus::of(&report) };
            StationFacts::Stopped(Box::new(Status { memory, ..status }))
        }
        Err(error) => StationFacts::Shut(Box::new(status), error.to_string()),
    }
}
