//! DTLS with one configuration and one certificate for all peers of a shard.
//!
//! Building a `dimpl::Config` checks every primitive of the crypto library, which costs more than
//! everything else that opening a connection does. Here it happens once per process.
//!
//! DTLS 1.2 only: as a 1.3 server dimpl takes the client's first SRTP profile, which in Chromium is the
//! one that costs seven times as much per packet.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use str0m::config::DtlsCert;
use str0m::crypto::dtls::{
    DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, DtlsVersion, ProtocolVersion,
};
use str0m::crypto::{CryptoError, CryptoProvider, from_feature_flags};

/// The largest DTLS record that every path carries.
const MTU: usize = 1_150;

static CONFIG: LazyLock<Arc<dimpl::Config>> = LazyLock::new(|| {
    // ICE has proved by then that the peer receives at its address, so a cookie adds a round trip only.
    let config = dimpl::Config::builder().use_server_cookie(false).mtu(MTU).build();
    Arc::new(config.expect("the built-in crypto library offers what dimpl needs"))
});

static SHARED: SharedDtls = SharedDtls;

/// The crypto provider of this crate: str0m's own, except for DTLS.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider { dtls_provider: &SHARED, ..from_feature_flags() }
}

#[derive(Debug)]
struct SharedDtls;

impl DtlsProvider for SharedDtls {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        from_feature_flags().dtls_provider.generate_certificate()
    }

    fn new_dtls(
        &self,
        cert: &DtlsCert,
        now: Instant,
        version: DtlsVersion,
        _mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        if version != DtlsVersion::Dtls12 {
            return Err(CryptoError::Other("only DTLS 1.2 is offered".to_owned()));
        }
        let cert = dimpl::DtlsCertificate {
            certificate: cert.certificate.clone(),
            private_key: cert.private_key.clone(),
        };
        Ok(Box::new(Instance(dimpl::Dtls::new_12(Arc::clone(&CONFIG), cert, now))))
    }
}

struct Instance(dimpl::Dtls);

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instance")
    }
}

impl DtlsInstance for Instance {
    fn set_active(&mut self, active: bool) {
        self.0.set_active(active);
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.0.handle_packet(packet)
    }

    fn poll_output<'a>(&mut self, buffer: &'a mut [u8]) -> DtlsOutput<'a> {
        self.0.poll_output(buffer)
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.0.handle_timeout(now)
    }

    fn send_application_data(&mut self, bytes: &[u8]) -> Result<usize, DtlsImplError> {
        self.0.send_application_data(bytes)
    }

    fn is_active(&self) -> bool {
        self.0.is_active()
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        self.0.protocol_version()
    }

    fn is_closing(&self) -> bool {
        self.0.is_closing()
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        self.0.close()
    }
}
