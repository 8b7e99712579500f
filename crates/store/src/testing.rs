//! Databases for tests: an SQLite file, and a PostgreSQL of the test's own.
//!
//! ```text
//! test process ──stdin──▶ sh ──▶ initdb, pg_ctl start ──"ready"──▶ test process
//!       └─ ends, however ─▶ stdin closes ─▶ pg_ctl stop, rm -r
//! ```
//!
//! The first test that wants PostgreSQL starts one for the whole test process: a Unix socket in a new
//! folder, no port, no disk flushes. A shell holds its life by the pipe from the test process, so it goes
//! when the tests end, even when they are killed. Each test has a database of its own.
//! `ANTEROOM_TEST_POSTGRES_URL` names a server to use instead, on which the tests may make databases.
//!
//! Tests that need one database and not both ask for [`TestDatabase::chosen`]: `ANTEROOM_TEST_DATABASE` says
//! which, so that the same tests run once on each.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};
use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty database that is gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// What [`Store::open`](crate::Store::open) takes.
    pub url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite { folder: PathBuf },
    Postgres { name: String },
}

/// Which database the tests run on that run on either.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    Sqlite,
    Postgres,
}

/// The PostgreSQL of this test process.
struct Server {
    url: String,
    /// Holds the pipe by which the shell knows that we live.
    _shell: Option<Child>,
}

static POSTGRES: LazyLock<Server> = LazyLock::new(|| match std::env::var("ANTEROOM_TEST_POSTGRES_URL") {
    Ok(url) => Server { url, _shell: None },
    Err(_) => start_postgres(),
});

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Runs a PostgreSQL in `$1` with the programs in `$2` until its standard input closes.
const SCRIPT: &str = r#"
folder=$1 bin=$2
trap '' INT TERM HUP
mkdir -m 700 "$folder" && cd "$folder" || exit 1
"$bin/initdb" -D data -A trust -U anteroom -E UTF8 --locale=C --no-sync >log 2>&1 &&
"$bin/pg_ctl" -D data -w -l server.log start \
    -o "-k $folder -c listen_addresses='' -c max_connections=400 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
    >>log 2>&1 </dev/null && echo ready || { cat log server.log 2>/dev/null; echo failed; }
cat >/dev/null
"$bin/pg_ctl" -D data -m immediate stop >>log 2>&1
cd / && rm -rf "$folder"
"#;

impl TestDatabase {
    /// A new SQLite file in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = std::env::temp_dir().join(format!("anteroom-test-{}", unique()));
        std::fs::create_dir(&folder).expect("the folder for temporary files can be written to");
        let url = format!("sqlite:{}", folder.join("anteroom.db").display());
        Self { url, kind: Kind::Sqlite { folder } }
    }

    /// A new database on PostgreSQL.
    pub fn postgres() -> Self {
        let name = format!("anteroom_test_{}", unique().replace('-', "_"));
        run_and_wait(format!("create database {name}"));
        let options = server().database(&name);
        Self { url: options.to_url_lossy().to_string(), kind: Kind::Postgres { name } }
    }

    /// One of each, so that a test can run on both.
    pub fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    /// The one that this run of the tests is about.
    pub fn chosen() -> Self {
        match Choice::of_this_run() {
            Choice::Sqlite => Self::sqlite(),
            Choice::Postgres => Self::postgres(),
        }
    }
}

impl Choice {
    /// What `ANTEROOM_TEST_DATABASE` says; SQLite if it says nothing.
    pub fn of_this_run() -> Self {
        match std::env::var("ANTEROOM_TEST_DATABASE").as_deref() {
            Err(_) | Ok("" | "sqlite") => Self::Sqlite,
            Ok("postgres") => Self::Postgres,
            Ok(other) => panic!("ANTEROOM_TEST_DATABASE is sqlite or postgres, and not {other}"),
        }
    }
}

thread_local! {
    /// For how many points at which it may die this thread still lives, if its end is near.
    static LIFE: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Lets this thread come by so many points, and fails there from then on, as a crash would: what was begun is
/// not committed. Such points are before each writing statement, each statement of a transaction, each begin
/// and each commit, and behind each commit, where all is saved and the answer is lost. `None` ends that.
pub fn crash_after(points: Option<u32>) {
    LIFE.set(points);
}

/// One point less to live.
pub(crate) fn live_on() -> Result<(), crate::Error> {
    match LIFE.get() {
        Some(0) => Err(crate::Error::Sql(sqlx::Error::WorkerCrashed)),
        Some(left) => {
            LIFE.set(Some(left - 1));
            Ok(())
        }
        None => Ok(()),
    }
}

/// Changes a database behind the back of its triggers, as whoever owns the machine could.
pub async fn tamper(url: &str, sql: &str) {
    if url.starts_with("sqlite:") {
        return tamper_with_file(url, sql).await;
    }
    let mut connection = connect(url).await;
    let sql = format!("set session_replication_role = replica; {sql}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the owner may do anything");
    let _ = connection.close().await;
}

/// SQLite has no switch for triggers: they are taken away, and put back.
async fn tamper_with_file(url: &str, sql: &str) {
    const TRIGGERS: &str = "select name, sql from sqlite_master where type = 'trigger'";
    let mut connection = SqliteConnection::connect(url).await.expect("the database of a test");
    let triggers: Vec<(String, String)> =
        sqlx::query_as(TRIGGERS).fetch_all(&mut connection).await.expect("a database knows its triggers");
    let gone = triggers.iter().map(|(name, _)| format!("drop trigger \"{name}\"; "));
    let back = triggers.iter().map(|(_, sql)| format!("{sql}; "));
    let all = gone.chain([format!("{sql}; ")]).chain(back).collect::<String>();
    let sql = AssertSqlSafe(format!("begin immediate; {all} commit"));
    sqlx::raw_sql(sql).execute(&mut connection).await.expect("the owner may do anything");
    let _ = connection.close().await;
}

/// All that a reader of a PostgreSQL database's tables finds, as one text.
pub async fn dump(url: &str) -> String {
    const TABLES: &str =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let mut connection = connect(url).await;
    let tables: Vec<(String,)> =
        sqlx::query_as(TABLES).fetch_all(&mut connection).await.expect("a database has tables");
    let mut text = String::new();
    for (table,) in tables {
        let all = AssertSqlSafe(format!("select row::text from \"{table}\" as row"));
        let rows: Vec<(String,)> =
            sqlx::query_as(all).fetch_all(&mut connection).await.expect("rows are read");
        rows.into_iter().for_each(|(row,)| text.push_str(&row));
    }
    let _ = connection.close().await;
    text
}

async fn connect(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).expect("the address of a test's database");
    options.connect().await.expect("the PostgreSQL of the tests answers")
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.kind {
            Kind::Sqlite { folder } => {
                // Connections that are just closing may add or remove a file in the meantime. What is
                // left behind after all is in the folder for temporary files.
                let _ = (0..5).any(|_| std::fs::remove_dir_all(folder).is_ok());
            }
            Kind::Postgres { name } => {
                run_and_wait(format!("drop database if exists {name} with (force)"));
            }
        }
    }
}

/// The server itself, by the database that every server has.
fn server() -> PgConnectOptions {
    PgConnectOptions::from_str(&POSTGRES.url).expect("ANTEROOM_TEST_POSTGRES_URL is an address of PostgreSQL")
}

/// Does something on the server itself. The test's own runtime may have ended, or be one that only the test
/// itself moves on.
fn run_and_wait(sql: String) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be made").block_on(run(sql));
    });
    let done = thread.join();
    assert!(std::thread::panicking() || done.is_ok(), "the PostgreSQL of the tests failed");
}

async fn run(sql: String) {
    let mut connection = server().connect().await.expect("the PostgreSQL of the tests answers");
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
    done.expect("the tests may make and drop databases");
    let _ = connection.close().await;
}

fn unique() -> String {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // The process number tells those apart that live at the same time, the time those that do not.
    let since = std::time::UNIX_EPOCH.elapsed().map(|elapsed| elapsed.as_micros()).unwrap_or_default();
    format!("{}-{since}-{count}", std::process::id())
}

fn start_postgres() -> Server {
    let bin = programs().expect(
        "the tests need PostgreSQL: install the package `postgresql`, \
         or name a server in ANTEROOM_TEST_POSTGRES_URL",
    );
    let folder = std::env::temp_dir().join(format!("anteroom-postgres-{}", unique()));
    let mut command = shell();
    command.args(["-c", SCRIPT, "anteroom-test-postgres"]).arg(&folder).arg(&bin);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("a shell can be started");
    let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut said = String::new();
    loop {
        let before = said.len();
        let read = output.read_line(&mut said).expect("a shell writes text");
        match said[before..].trim_end() {
            "ready" => break,
            "failed" => panic!("PostgreSQL did not start:\n{said}"),
            _ if read == 0 => panic!("PostgreSQL did not start:\n{said}"),
            _ => {}
        }
    }
    let url = format!("postgres://anteroom@localhost/postgres?host={}", folder.display());
    Server { url, _shell: Some(child) }
}

/// A shell; PostgreSQL refuses to run as root, so root becomes the user that the package made.
fn shell() -> Command {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !is_root {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    command
}

/// The folder with the programs of the newest PostgreSQL that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let found = versions.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("initdb").exists());
    found.max_by_key(version)
}
