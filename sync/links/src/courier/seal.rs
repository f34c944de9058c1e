//! Opens and closes bundles: `age` around, the messages' own signatures within.

use exchange::wire::bundle::{self, BundleFault, Cover};
use exchange::wire::{PublicKey, SecretKey};

/// Puts messages into a bundle that only the owner of `to` can open. `None` if that key opens nothing, or it would be too
/// long.
pub fn seal(cover: &Cover, messages: &[Vec<u8>], to: &PublicKey) -> Option<Vec<u8>> {
    let recipient: age::x25519::Recipient = to.to_age()?.parse().ok()?;
    cover.around(&age::encrypt(&recipient, &bundle::pack(messages)).ok()?)
}

/// What is in a bundle, as it was packed; [`bundle::unpack`] gives its messages. Nobody has signed the packing: each
/// message must be checked by its own signature.
///
/// # Errors
/// [`BundleFault`].
pub fn open(bytes: &[u8], key: &SecretKey) -> Result<(Cover, Vec<u8>), BundleFault> {
    let (cover, sealed) = Cover::open(bytes)?;
    let identity: age::x25519::Identity = key.to_age().parse().map_err(|_| BundleFault::Sealed)?;
    // `age` adds to what it seals and never packs it: the contents are shorter than the file.
    Ok((cover, age::decrypt(&identity, sealed).map_err(|_| BundleFault::Sealed)?))
}
