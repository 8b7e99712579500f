//! Whether a message is Stripe's: `Stripe-Signature: t=1492774577,v1=6912…[,v1=…]`.
//!
//! Each `v1` is HMAC-SHA256 over `t.body`. While a secret is replaced there are two of them, on either side.
//! Other schemes than `v1` are Stripe's own tests and count for nothing. Pure: the time is an argument.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use model::UnixMillis;

/// How far the time of a signature may be from ours, both ways, in seconds.
pub const TOLERANCE_S: i64 = 300;
/// The longest header that makes sense, and the most signatures in it.
const LONGEST: usize = 4_096;
const SIGNATURES: usize = 16;

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature does not make sense")]
    Malformed,
    #[error("the signature is from another time; perhaps the clock of this server is wrong")]
    Time,
    #[error("the signature is by none of the secrets in stripe-webhook-secrets")]
    Wrong,
}

/// Checks the signatures of a message against every secret that is in use.
pub fn check(secrets: &[String], header: &str, body: &[u8], now: UnixMillis) -> Result<(), SignatureError> {
    let (time, signatures) = parse(header).ok_or(SignatureError::Malformed)?;
    let seconds: i64 = time.parse().map_err(|_| SignatureError::Malformed)?;
    let is_ours = |secret: &String| {
        let mut context = Context::with_key(&Key::new(HMAC_SHA256, secret.as_bytes()));
        [time.as_bytes(), b".", body].into_iter().for_each(|part| context.update(part));
        let expected = context.sign();
        let is_equal = |signature: &[u8; 32]| verify_slices_are_equal(expected.as_ref(), signature).is_ok();
        signatures.iter().any(is_equal)
    };
    // First whose it is: whoever knows no secret learns nothing of our clock.
    if !secrets.iter().any(is_ours) {
        return Err(SignatureError::Wrong);
    }
    let off = seconds.saturating_sub(now.0.div_euclid(1_000));
    if off.saturating_abs() <= TOLERANCE_S { Ok(()) } else { Err(SignatureError::Time) }
}

/// The time as it was written, for it is signed so, and the signatures.
fn parse(header: &str) -> Option<(&str, Vec<[u8; 32]>)> {
    if header.len() > LONGEST {
        return None;
    }
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        let (name, value) = part.trim().split_once('=')?;
        match name {
            "t" if time.is_some() => return None,
            "t" => time = Some(value).filter(|value| value.bytes().all(|byte| byte.is_ascii_digit())),
            "v1" if signatures.len() < SIGNATURES => signatures.push(unhex(value)?),
            "v1" => return None,
            _ => {}
        }
    }
    time.filter(|_| !signatures.is_empty()).map(|time| (time, signatures))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |index: usize| char::from(pair[index]).to_digit(16).and_then(|it| u8::try_from(it).ok());
        *byte = digit(0)? << 4 | digit(1)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test_secret";
    const BODY: &[u8] = br#"{"id":"evt_test","object":"event"}"#;
    const TIME: i64 = 1_492_774_577;
    const GOOD: &str = "691252e266ce41cb94d709c84e9580d4172b117a510bbc81723f657d2cd5d215";

    fn checked(secrets: &[&str], header: &str, body: &[u8], now_s: i64) -> Result<(), SignatureError> {
        let secrets: Vec<String> = secrets.iter().map(|&secret| secret.to_owned()).collect();
        check(&secrets, header, body, UnixMillis(now_s * 1_000))
    }

    #[test]
    fn the_known_vector_holds() {
        let header = format!("t={TIME},v1={GOOD}");
        assert_eq!(checked(&[SECRET], &header, BODY, TIME), Ok(()));
        let spaced = format!("t={TIME}, v1={GOOD}, v0=00");
        assert_eq!(checked(&[SECRET], &spaced, BODY, TIME), Ok(()));
    }

    #[test]
    fn either_side_may_have_two_while_a_secret_is_replaced() {
        let other = "0".repeat(64);
        for header in [format!("t={TIME},v1={other},v1={GOOD}"), format!("v1={GOOD},v1={other},t={TIME}")] {
            assert_eq!(checked(&["whsec_new", SECRET], &header, BODY, TIME), Ok(()), "{header}");
        }
    }

    #[test]
    fn whatever_was_changed_is_refused() {
        let good = format!("t={TIME},v1={GOOD}");
        let wrong = Err(SignatureError::Wrong);
        assert_eq!(checked(&[SECRET], &good, br#"{"id":"evt_tesu","object":"event"}"#, TIME), wrong);
        assert_eq!(checked(&["whsec_other"], &good, BODY, TIME), wrong);
        assert_eq!(checked(&[], &good, BODY, TIME), wrong);
        assert_eq!(checked(&[SECRET], &format!("t={},v1={GOOD}", TIME + 1), BODY, TIME), wrong);
        assert_eq!(checked(&[SECRET], &format!("t=0{TIME},v1={GOOD}"), BODY, TIME), wrong);
        let malformed = Err(SignatureError::Malformed);
        for header in [
            String::new(),
            "nonsense".to_owned(),
            format!("t={TIME}"),
            format!("v1={GOOD}"),
            format!("t={TIME},v0={GOOD}"),
            format!("t={TIME},t={TIME},v1={GOOD}"),
            format!("t=-{TIME},v1={GOOD}"),
            format!("t=,v1={GOOD}"),
            format!("t={TIME},v1={}", &GOOD[1..]),
            format!("t={TIME},v1={GOOD}0"),
            format!("t={TIME},v1={}", GOOD.replace('6', "x")),
            format!("t={TIME}{}", format!(",v1={GOOD}").repeat(17)),
            format!("t={TIME},v1={GOOD},{}=1", "x".repeat(LONGEST)),
        ] {
            assert_eq!(checked(&[SECRET], &header, BODY, TIME), malformed, "{header}");
        }
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_both_ways() {
        let header = format!("t={TIME},v1={GOOD}");
        for (off, is_good) in [(-301, false), (-300, true), (300, true), (301, false), (-TIME, false)] {
            assert_eq!(checked(&[SECRET], &header, BODY, TIME + off).is_ok(), is_good, "{off}");
        }
        assert_eq!(checked(&[SECRET], &header, BODY, TIME + 301), Err(SignatureError::Time));
    }
}
