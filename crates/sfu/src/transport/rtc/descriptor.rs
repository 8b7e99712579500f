//! The dependency descriptor as an extension of str0m's. It keeps values of extensions that it does not know
//! in a map of their own: that costs memory for each packet of AV1, and of no other codec.

use crate::dependency::{Raw, Rewritten};
use str0m::rtp::{ExtensionSerializer, ExtensionValues};

/// How long a value with a header of one byte may be (RFC 8285, section 4.2).
const SHORT: usize = 16;

#[derive(Debug)]
pub(super) struct DescriptorExtension;

impl ExtensionSerializer for DescriptorExtension {
    fn write_to(&self, buf: &mut [u8], ev: &ExtensionValues) -> usize {
        ev.user_values.get::<Rewritten>().map_or(0, |descriptor| descriptor.write(buf))
    }

    fn parse_value(&self, buf: &[u8], ev: &mut ExtensionValues) -> bool {
        let Some(raw) = Raw::new(buf) else { return false };
        ev.user_values.set(raw);
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, ev: &ExtensionValues) -> bool {
        ev.user_values.get::<Rewritten>().is_some_and(|descriptor| descriptor.most() > SHORT)
    }
}
