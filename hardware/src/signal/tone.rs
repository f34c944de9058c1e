//! A signal's sound as a WAVE file: sines that come and go softly, so that nothing clicks.

use std::f64::consts::TAU;

use super::plan::{Meaning, plan};

/// Samples a second, one channel of 16 bits.
pub const SAMPLES_A_SECOND: u32 = 22_050;
/// How long a note takes to come and to go.
const EDGE_S: f64 = 0.008;

/// The sound of a signal as a whole WAVE file, at most 40 kB. `volume`: 0 to 100.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "a sine of at most 32767 fits into 16 bits")]
pub fn wav(meaning: Meaning, volume: u8) -> Vec<u8> {
    let loudness = f64::from(volume.min(100)) / 100.0 * f64::from(i16::MAX);
    let mut samples: Vec<u8> = Vec::new();
    let sounding = plan(meaning).iter().rposition(|step| step.hz > 0).map_or(0, |last| last + 1);
    for step in plan(meaning).iter().take(sounding) {
        let count = u32::from(step.ms) * SAMPLES_A_SECOND / 1_000;
        let length_s = f64::from(count) / f64::from(SAMPLES_A_SECOND);
        for at in 0..count {
            let at_s = f64::from(at) / f64::from(SAMPLES_A_SECOND);
            let edge = (at_s.min(length_s - at_s) / EDGE_S).min(1.0);
            let sample =
                if step.hz == 0 { 0.0 } else { (at_s * f64::from(step.hz) * TAU).sin() * edge * loudness };
            samples.extend((sample as i16).to_le_bytes());
        }
    }
    let bytes = u32::try_from(samples.len()).unwrap_or(0);
    let mut file = Vec::with_capacity(samples.len() + 44);
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    // PCM, one channel.
    file.extend([1, 0, 1, 0]);
    file.extend(SAMPLES_A_SECOND.to_le_bytes());
    file.extend((2 * SAMPLES_A_SECOND).to_le_bytes());
    // Bytes of a sample, bits of a sample.
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.extend(samples);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_soft_and_short() {
        for meaning in Meaning::ALL {
            let file = wav(meaning, 60);
            assert!(file.len() < 40_000, "{}", file.len());
            assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
            assert_eq!(u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize, file.len() - 44);
            let samples: Vec<i16> =
                file[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
            let loudest = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
            assert!((17_000..20_000).contains(&loudest), "{loudest}");
            let jump = samples.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max().unwrap();
            assert!(jump < 8_000, "no click: {jump}");
            assert!(wav(meaning, 0)[44..].iter().all(|byte| *byte == 0));
        }
    }
}
