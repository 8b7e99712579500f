//! The program: reads settings, builds the application, runs it.
//!
//! It ends with 0 when it was asked to stop, 2 when its settings or surroundings are refused, and 1 when
//! something failed on the way, or a history or ledger that it verified is not sound.

use anyhow::Context;
use model::RoomCode;
use server::config::{self, Asked, Settings, Sources};
use server::startup::Application;
use server::{audit, confirm, ledger, reset, shutdown, telemetry};
use std::io::Write;
use std::process::ExitCode;

const REFUSED: u8 = 2;

fn main() -> anyhow::Result<ExitCode> {
    let sources = Sources {
        arguments: std::env::args_os().collect(),
        environment: std::env::vars_os()
            // What is no text still counts, so that it can be refused.
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect(),
        folder: std::env::current_dir().unwrap_or_default(),
    };
    match config::read(&sources) {
        Ok(Asked::Serve(settings)) => threads()?.block_on(serve(*settings)),
        Ok(Asked::VerifyAudit { settings, room }) => threads()?.block_on(verify(&settings, room)),
        Ok(Asked::VerifyLedger(settings)) => threads()?.block_on(verify_ledger(&settings)),
        Ok(Asked::ResetPassword { settings, email }) => {
            threads()?.block_on(reset_password(&settings, &email))
        }
        Ok(Asked::ConfirmAddress { settings, email }) => {
            threads()?.block_on(confirm_address(&settings, &email))
        }
        Ok(Asked::Print(text)) => {
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => Ok(refuse(&refusal)),
    }
}

fn threads() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Runtime::new().context("no threads could be started")
}

async fn serve(settings: Settings) -> anyhow::Result<ExitCode> {
    telemetry::start(&settings.log);
    // From here on a signal asks for an orderly end, even while the server still starts.
    let asked = shutdown::asked().context("signals cannot be received")?;
    let application = match Application::build(settings).await {
        Ok(application) => application,
        Err(refusal) => return Ok(refuse(&refusal)),
    };
    // Written, not printed: nobody needs to read it, and a closed pipe is no reason to die.
    let _ = writeln!(std::io::stdout(), "Anteroom is ready: {}", application.urls().join(" "));
    application.run_until_stopped(asked).await?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(settings: &Settings, room: Option<RoomCode>) -> anyhow::Result<ExitCode> {
    match audit::verify(settings, room).await {
        Ok(verdict) => {
            // A closed pipe does not change the verdict, which is the exit code.
            let _ = write!(std::io::stdout(), "{verdict}");
            Ok(if verdict.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(refusal) => {
            let _ = writeln!(std::io::stderr(), "The history cannot be verified: {refusal}.");
            Ok(ExitCode::from(REFUSED))
        }
    }
}

async fn verify_ledger(settings: &Settings) -> anyhow::Result<ExitCode> {
    match ledger::verify(settings).await {
        Ok(verdict) => {
            let _ = write!(std::io::stdout(), "{verdict}");
            Ok(if verdict.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(refusal) => {
            let _ = writeln!(std::io::stderr(), "The ledger cannot be verified: {refusal}.");
            Ok(ExitCode::from(REFUSED))
        }
    }
}

async fn reset_password(settings: &Settings, email: &str) -> anyhow::Result<ExitCode> {
    match reset::link(settings, email).await {
        Ok(link) => {
            writeln!(std::io::stdout(), "{link}").context("nobody reads the link")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => {
            let _ = writeln!(std::io::stderr(), "There is no link: {refusal}.");
            Ok(ExitCode::from(REFUSED))
        }
    }
}

async fn confirm_address(settings: &Settings, email: &str) -> anyhow::Result<ExitCode> {
    match confirm::address(settings, email).await {
        Ok(link) => {
            writeln!(std::io::stdout(), "{link}").context("nobody reads the link")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(refusal) => {
            let _ = writeln!(std::io::stderr(), "Nothing is confirmed: {refusal}.");
            Ok(ExitCode::from(REFUSED))
        }
    }
}

/// Says in one sentence why the server does not start.
fn refuse(refusal: &dyn std::error::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "Anteroom does not start: {refusal}.");
    ExitCode::from(REFUSED)
}
