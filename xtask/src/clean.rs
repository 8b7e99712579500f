//! Forgetting what a local server kept.

use std::{fs, path::Path};

use anyhow::{Context, bail};

/// Deletes the server's folder. One without the key that every server makes is somebody else's and stays.
pub fn remove(folder: &Path) -> anyhow::Result<()> {
    const PROOF: &str = "secret.key";
    if !folder.exists() {
        println!("{} is clean already.", folder.display());
        return Ok(());
    }
    if !folder.join(PROOF).is_file() {
        bail!("{} holds no {PROOF}, so it is not a folder of ours and stays as it is", folder.display());
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    println!("Removed {}.", folder.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn only_a_folder_with_a_servers_key_is_removed() {
        let folder = env::temp_dir().join(format!("xtask-clean-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder can be written");
        assert!(remove(&folder).is_err());
        fs::write(folder.join("secret.key"), b"").expect("a temporary folder can be written");
        remove(&folder).expect("it is ours");
        assert!(!folder.exists());
    }
}
