//! The panel: how many pixels it has and how large they are.

/// A panel on which every control can have its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    width_px: u32,
    height_px: u32,
    px_per_mm: f32,
}

/// Why a panel cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PanelError {
    /// `px_per_mm` is no size of a pixel.
    #[error(
        "px_per_mm is {0}; it must be between 2 and 20. Divide the panel's pixels by its visible width in mm: 1024 / 220 = 4.65"
    )]
    PixelSize(f32),
    /// Too small for controls that a standing child hits (20 mm and 15 mm) and letters it can read (7.3 mm).
    #[error(
        "the panel is {width_mm:.0} × {height_mm:.0} mm; the least is {} × {} mm (10.1 inches, wide). \
         If the panel is larger than that, px_per_mm is set too high",
        Panel::MIN_WIDTH_MM,
        Panel::MIN_HEIGHT_MM
    )]
    TooSmall {
        /// Its width in mm.
        width_mm: f32,
        /// Its height in mm.
        height_mm: f32,
    },
    /// More pixels than any panel has.
    #[error("the panel has {0} pixels in one direction; {max} is the most", max = Panel::MAX_PX)]
    TooLarge(u32),
}

impl Panel {
    /// The least width, in mm.
    pub const MIN_WIDTH_MM: f32 = 214.0;
    /// The least height, in mm.
    pub const MIN_HEIGHT_MM: f32 = 126.0;
    /// The most pixels in one direction.
    pub const MAX_PX: u32 = 4096;
    /// The reference: 10.1 inches with 1024 × 600 pixels, 220 × 129 mm.
    pub const REFERENCE: Panel = Panel { width_px: 1024, height_px: 600, px_per_mm: 4.65 };

    /// A panel of so many pixels, of which `px_per_mm` are one millimetre.
    ///
    /// # Errors
    /// [`PanelError`] if the screens cannot be shown on it with controls and letters of the sizes they need.
    pub fn new(width_px: u32, height_px: u32, px_per_mm: f32) -> Result<Panel, PanelError> {
        if !(2.0..=20.0).contains(&px_per_mm) {
            return Err(PanelError::PixelSize(px_per_mm));
        }
        let largest = width_px.max(height_px);
        if largest > Panel::MAX_PX {
            return Err(PanelError::TooLarge(largest));
        }
        let (width_mm, height_mm) = (width_px as f32 / px_per_mm, height_px as f32 / px_per_mm);
        if width_mm < Panel::MIN_WIDTH_MM || height_mm < Panel::MIN_HEIGHT_MM {
            return Err(PanelError::TooSmall { width_mm, height_mm });
        }
        Ok(Panel { width_px, height_px, px_per_mm })
    }

    /// Pixels from left to right.
    pub fn width_px(self) -> u32 {
        self.width_px
    }

    /// Pixels from top to bottom.
    pub fn height_px(self) -> u32 {
        self.height_px
    }

    /// Pixels of one millimetre.
    pub fn px_per_mm(self) -> f32 {
        self.px_per_mm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_that_hold_the_sizes() {
        assert_eq!(Panel::new(1024, 600, 4.65), Ok(Panel::REFERENCE));
        assert!(Panel::new(1280, 800, 5.9).is_ok());
    }

    #[test]
    fn a_seven_inch_panel_is_refused_in_words() {
        let error = Panel::new(800, 480, 5.2).unwrap_err();
        assert!(
            error.to_string().starts_with("the panel is 154 × 92 mm; the least is 214 × 126 mm"),
            "{error}"
        );
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(Panel::new(1024, 600, 0.0), Err(PanelError::PixelSize(0.0)));
        assert!(Panel::new(1024, 600, f32::NAN).is_err());
        assert_eq!(Panel::new(1024, 1 << 30, 4.65), Err(PanelError::TooLarge(1 << 30)));
    }
}
