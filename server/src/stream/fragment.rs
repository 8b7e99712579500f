//! What a program says of its ICE after the offer: `application/trickle-ice-sdpfrag` (RFC 8840, section 9).

/// The longest fragment, in bytes: some dozens of candidates.
const BYTES: usize = 16 * 1024;

/// What is read of a fragment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fragment {
    /// The program's name for its side of ICE, if the fragment says it.
    pub ufrag: Option<String>,
}

/// Reads a fragment: attributes, and the media lines that they belong to; nothing else stands in one.
pub fn read(body: &[u8]) -> Option<Fragment> {
    let text = std::str::from_utf8(body).ok().filter(|text| !text.is_empty() && text.len() <= BYTES)?;
    let mut ufrag = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (kind, value) = line.split_once('=')?;
        if !matches!(kind, "a" | "m") {
            return None;
        }
        if let Some(name) = value.strip_prefix("ice-ufrag:")
            && kind == "a"
        {
            ufrag.get_or_insert_with(|| name.trim().to_owned());
        }
    }
    Some(Fragment { ufrag })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_come_with_the_name_of_their_session() {
        let text = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n\
            a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n";
        assert_eq!(read(text.as_bytes()), Some(Fragment { ufrag: Some("EsAw".to_owned()) }));
        assert_eq!(read(b"a=end-of-candidates\n"), Some(Fragment { ufrag: None }));
    }

    #[test]
    fn anything_else_is_no_fragment() {
        let long = format!("a={}\r\n", "x".repeat(BYTES));
        for text in ["", "candidate", "v=0\r\n", "a=mid:0\r\no=- 0 0 IN IP4 0.0.0.0\r\n", long.as_str()] {
            assert_eq!(read(text.as_bytes()), None, "{text:.40}");
        }
        assert_eq!(read(&[b'a', b'=', 0xff]), None);
    }
}
