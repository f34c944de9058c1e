//! How long a flush takes on this disk.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

/// How many flushes are measured.
const TIMES: usize = 200;

/// A block as the journal's log writes them.
const BLOCK: usize = 4096;

/// Times of flushes, in microseconds, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flushes(Vec<u32>);

impl Flushes {
    /// Writes and flushes a block again and again in a file of `dir`, which is removed.
    ///
    /// # Errors
    /// The disk's.
    pub fn measured(dir: &Path) -> std::io::Result<Flushes> {
        let path = dir.join("flush");
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(&path)?;
        let mut times = Vec::with_capacity(TIMES);
        for turn in 0..TIMES {
            file.seek(SeekFrom::Start(((turn % 64) * BLOCK) as u64))?;
            file.write_all(&[turn as u8; BLOCK])?;
            let began = Instant::now();
            file.sync_data()?;
            times.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        drop(file);
        std::fs::remove_file(path)?;
        times.sort_unstable();
        Ok(Flushes(times))
    }

    /// So many of 100 flushes took at most this, in microseconds.
    #[must_use]
    pub fn percentile(&self, of_100: usize) -> u32 {
        let at = (self.0.len() * of_100).div_ceil(100).saturating_sub(1);
        self.0.get(at).or(self.0.last()).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let flushes = Flushes((1..=200).collect());
        assert_eq!(
            (flushes.percentile(50), flushes.percentile(99), flushes.percentile(100)),
            (100, 198, 200)
        );
        assert_eq!(Flushes(Vec::new()).percentile(50), 0);
    }
}
