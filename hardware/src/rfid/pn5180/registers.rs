//! The chip's commands, registers and bits (NXP PN5180 data sheet, chapters 11.4 and 11.5; register names are its own).

/// Host interface commands.
pub mod command {
    /// Several registers at once: (address, action, value)….
    pub const WRITE_REGISTER_MULTIPLE: u8 = 0x03;
    /// Several registers at once: addresses; answered by 4 bytes each.
    pub const READ_REGISTER_MULTIPLE: u8 = 0x05;
    /// Address, length; answered by the bytes.
    pub const READ_EEPROM: u8 = 0x07;
    /// Bits valid in the last byte (0 = 8), bytes.
    pub const SEND_DATA: u8 = 0x09;
    /// 00; answered by the bytes received.
    pub const READ_DATA: u8 = 0x0A;
    /// Transmitter's and receiver's configuration.
    pub const LOAD_RF_CONFIG: u8 = 0x11;
    /// 00.
    pub const RF_ON: u8 = 0x16;
    /// 00.
    pub const RF_OFF: u8 = 0x17;
}

/// What WRITE_REGISTER_MULTIPLE does with a value.
pub mod action {
    /// Replaces.
    pub const WRITE: u8 = 1;
    /// Sets the bits that are 1.
    pub const OR: u8 = 2;
    /// Clears the bits that are 0.
    pub const AND: u8 = 3;
}

/// Registers.
pub mod register {
    /// Bits 2–0: the transceiver's command.
    pub const SYSTEM_CONFIG: u8 = 0x00;
    /// What happened since it was cleared.
    pub const IRQ_STATUS: u8 = 0x02;
    /// Ones clear.
    pub const IRQ_CLEAR: u8 = 0x03;
    /// Bit 0: receiver's CRC check.
    pub const CRC_RX_CONFIG: u8 = 0x12;
    /// What was received.
    pub const RX_STATUS: u8 = 0x13;
    /// How frames are sent.
    pub const TX_CONFIG: u8 = 0x18;
    /// Bit 0: transmitter's CRC.
    pub const CRC_TX_CONFIG: u8 = 0x19;
    /// The field and the transceiver's state.
    pub const RF_STATUS: u8 = 0x1D;
}

/// IRQ_STATUS.
pub mod irq {
    /// A frame was received, or its reception ended in an error.
    pub const RX: u32 = 1 << 0;
    /// A frame was sent.
    pub const TX: u32 = 1 << 1;
    /// The chip is idle; after a reset: it is ready.
    pub const IDLE: u32 = 1 << 2;
    /// The field is on.
    pub const TX_RFON: u32 = 1 << 9;
    /// The beginning of a frame was received.
    pub const RX_SOF_DET: u32 = 1 << 14;
    /// A command was not legal now.
    pub const GENERAL_ERROR: u32 = 1 << 17;
}

/// RX_STATUS.
pub mod rx {
    /// Bytes received.
    pub const BYTES: u32 = 0x1FF;
    /// The CRC was wrong.
    pub const DATA_INTEGRITY_ERROR: u32 = 1 << 16;
    /// The frame was not one.
    pub const PROTOCOL_ERROR: u32 = 1 << 17;
    /// Two answers at once.
    pub const COLLISION: u32 = 1 << 18;
    /// Where the first bit of the collision is: bits 25–19.
    pub const COLLISION_SHIFT: u32 = 19;
    /// After shifting.
    pub const COLLISION_MASK: u32 = 0x7F;
}

/// SYSTEM_CONFIG: the transceiver's commands.
pub mod transceiver {
    /// Keeps all but the command.
    pub const IDLE_MASK: u32 = 0xFFFF_FFF8;
    /// Send, then receive.
    pub const TRANSCEIVE: u32 = 3;
}

/// TX_CONFIG.
pub mod tx {
    /// Data enable, and the start symbol's two bits: without them a frame is an EOF alone.
    pub const DATA_AND_START: u32 = 0x0000_04C0;
}

/// RF_STATUS: where the transceiver's state is, bits 26–24.
pub mod state {
    /// Shift.
    pub const SHIFT: u32 = 24;
    /// After shifting.
    pub const MASK: u32 = 7;
}

/// A pair of radio configurations for LOAD_RF_CONFIG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RfConfig {
    /// Transmitter.
    pub tx: u8,
    /// Receiver.
    pub rx: u8,
}

/// ISO/IEC 15693, 26 kbit/s, ASK 100 %: an empty slot is over after t3 with a bare SOF, where ASK 10 % must wait for a whole answer.
pub const ISO15693: RfConfig = RfConfig { tx: 0x0D, rx: 0x8D };
/// ISO/IEC 14443 A, 106 kbit/s.
pub const ISO14443A: RfConfig = RfConfig { tx: 0x00, rx: 0x80 };
