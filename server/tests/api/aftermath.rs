//! The program itself, killed and started again, and the proof that its histories are what it wrote.

use crate::browser::Browser;
use crate::guest::{Guest, Present};
use crate::harness::Folder;
use crate::running::program;
use model::{ParticipantKey, RoomCode};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// A program that runs, and is killed if a test forgets it.
pub struct Running(Child, pub SocketAddr);

impl Running {
    /// Starts the program in a folder that may have seen one before.
    pub async fn start(folder: &Folder) -> Self {
        Self::start_with(program(folder)).await
    }

    /// Starts the program as somebody else prepared it.
    pub async fn start_with(mut command: Command) -> Self {
        command.args(["--addr", "127.0.0.1:0", "--media-port", "0", "--public-ip", "127.0.0.1"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
        let output = child.stdout.take().expect("piped");
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).map(|_| line)
        });
        let line = line.await.expect("no panic").expect("a line");
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("where it is");
        Self(child, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// Ends it without a word.
    pub fn kill(mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it ends");
    }

    /// Asks it to end.
    fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        assert!(asked.expect("kill runs").success());
        assert_eq!(self.0.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn host(running: &Running) -> Present {
    let browser = Browser::new(running.1);
    let room = browser.create(true).await;
    let seat = protocol::Seat { room, key: ParticipantKey::from_bits(77) };
    Guest { browser, seat, name: "Ana Overheard" }.enter().await
}

/// Verifies the histories in a folder: the exit code, and what was said.
fn verify(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String) {
    let output = program(folder).arg("verify-audit").args(arguments).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_takes_its_rooms_back_at_once() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let ana = host(&running).await;
    running.kill();
    let running = Running::start(&folder).await;
    let browser = Browser::new(running.1);
    browser.set_cookie(ana.guest.browser.cookie());
    let guest = Guest { browser, seat: ana.guest.seat, name: ana.guest.name };
    // The lease of the process that is gone would have lasted for half a minute.
    guest.reconnect().await;
    let csv = guest.browser.get(&format!("/r/{}/history.csv", guest.seat.room)).await;
    assert!(csv.text().contains(",dropped,Ana Overheard,"), "{}", csv.text());
    assert_eq!(csv.text().matches(",entered,").count(), 1);
    assert_eq!(csv.text().matches("attendance,").count(), 1);
    running.kill();
    let (code, said) = verify(&folder, &[]);
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_do_not_share_a_folder() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let second = program(&folder).args(["--addr", "127.0.0.1:0", "--media-port", "0"]).output();
    let second = second.expect("it runs");
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8(second.stderr).expect("text");
    assert!(said.contains("is in use by another server"), "{said}");
    running.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_done_to_a_history_is_told() {
    let folder = Folder::new();
    let (code, said) = verify(&folder, &[]);
    assert!(code == Some(2) && said.contains("secret.key cannot be used"), "{said}");
    let running = Running::start(&folder).await;
    let ana = host(&running).await;
    let room = ana.guest.seat.room.to_string();
    let (code, said) = verify(&folder, &["--room", &room]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "Rooms whose history is whole: 1 of 1. Lines that were verified: 1.\n"),
        "beside a server that runs"
    );
    ana.guest.act("leave").await.json::<()>();
    running.stop();

    let (code, said) = verify(&folder, &[]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "Rooms whose history is whole: 1 of 1. Lines that were verified: 2.\n")
    );
    let other = RoomCode::from_bits(9).to_string();
    let (code, said) = verify(&folder, &["--room", &other]);
    assert!(code == Some(2) && said.contains(&format!("there is no room {other}")), "{said}");
    assert_eq!(verify(&folder, &["--room", "nothing"]).0, Some(2));

    let secret = folder.path().join("data/secret.key");
    let before = std::fs::read(&secret).expect("the secret");
    std::fs::write(&secret, [7; 64]).expect("another secret");
    let (code, said) = verify(&folder, &["--room", &room]);
    assert_eq!(code, Some(1));
    assert!(said.contains(&format!("room {room}: nothing matches this key, from line 1 on")), "{said}");
    std::fs::write(&secret, before).expect("the secret again");

    folder.forge("Ana", "Eve").await;
    let (code, said) = verify(&folder, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        format!(
            "The history was changed: room {room}: line 1 was changed after it was written.\n\
             Rooms whose history is whole: 0 of 1. Lines that were verified: 0.\n"
        )
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_of_a_server_that_runs_is_verified_beside_it() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    host(&running).await;
    let output = program(&folder).arg("verify-ledger").output().expect("it runs");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    let expected = "Paid sessions that were played again: 0, of them over: 0.\n\
         Purchases of packs that were played again: 0.\n\
         Transactions that were added up: 0, in accounts: 0.\n";
    assert_eq!((output.status.code(), said.as_str()), (Some(0), expected));

    const OPENED: &str =
        "insert into ledger_accounts (name, unit, side, balance) values ('platform_fee', 'EUR', 'either', 5)";
    folder.tamper(OPENED).await;
    let output = program(&folder).arg("verify-ledger").output().expect("it runs");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    let expected = "The ledger is not sound: \
         account platform_fee says 5 EUR, and its entries come to 0.\n\
         The ledger is not sound: all accounts together are off by 5 EUR.\n\
         Paid sessions that were played again: 0, of them over: 0.\n\
         Purchases of packs that were played again: 0.\n\
         Transactions that were added up: 0, in accounts: 1.\n";
    assert_eq!((output.status.code(), said.as_str()), (Some(1), expected));
}
