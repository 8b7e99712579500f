//! Who this server is among others on the same database: a number in the data folder, drawn at the first
//! start.
//!
//! A server that starts again is the same one and takes its rooms back at once, so two processes must not be
//! the same server: the file is locked for as long as the process lives, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use store::owners::NodeId;

/// The identity of this server, held for as long as this lives.
#[derive(Debug)]
pub struct Node {
    pub id: NodeId,
    _lock: File,
}

/// Reads the identity, or writes `drawn` down as one; `None` if another process holds it.
pub fn open(path: &Path, drawn: u128) -> io::Result<Option<Node>> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut text = String::new();
    // A few bytes more than an identity has, so that a longer file is noticed and a huge one is not read.
    Read::by_ref(&mut file).take(40).read_to_string(&mut text)?;
    let id = if text.is_empty() {
        let id = NodeId(drawn);
        writeln!(file, "{}", id.to_hex())?;
        file.sync_all()?;
        id
    } else {
        parse(text.trim_end())
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it should hold 32 hexadecimal digits"))?
    };
    Ok(Some(Node { id, _lock: file }))
}

fn parse(text: &str) -> Option<NodeId> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(text, 16).ok().map(NodeId))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_stays_who_it_is_and_is_only_once() {
        let path = std::env::temp_dir().join(format!("anteroom-node-{}", std::process::id()));
        let first = open(&path, 7).expect("a file can be made").expect("nobody holds it");
        assert_eq!(first.id, NodeId(7));
        assert!(open(&path, 8).expect("the file can be read").is_none(), "it is held");
        drop(first);
        let again = open(&path, 9).expect("the file can be read").expect("it was let go");
        assert_eq!(again.id, NodeId(7));
        drop(again);
        std::fs::write(&path, "nobody\n").expect("a file can be written");
        assert!(open(&path, 9).is_err());
        std::fs::remove_file(&path).expect("the file is there");
    }
}
