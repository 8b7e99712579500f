//! Mails, by SMTP: a queue, and one task that empties it.
//!
//! Whoever sends never waits. The queue is bounded; when it is full a mail is dropped, and the log says so.
//! A mail that a server refuses for now is tried again a few times; after that the person asks again.
//! Addresses and links stay out of the log. What waits when the server stops is lost, as its links would be
//! asked for again anyway.

use crate::config::MailSettings;
use app::mails::compose;
use lettre::message::header::ContentType;
use lettre::transport::smtp::{self, AsyncSmtpTransportBuilder};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use service::mail::{Mail, MailPort};
use service::time::Ambient;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How many mails may wait.
const QUEUE: usize = 256;
/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long until a mail is tried again, each time.
const RETRIES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];

/// The way out for mails.
pub struct Post(mpsc::Sender<Mail>);

/// Whoever carries mails from the queue to the mail server.
struct Carrier {
    settings: MailSettings,
    /// The address of this site, for links.
    origin: String,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    ambient: Arc<dyn Ambient>,
}

impl Post {
    /// Opens the way out; links in mails lead to `origin`.
    pub fn open(
        settings: &MailSettings,
        origin: String,
        ambient: Arc<dyn Ambient>,
    ) -> Result<Arc<Self>, smtp::Error> {
        let transport = transport(&settings.url)?.build();
        let carrier = Carrier { settings: settings.clone(), origin, transport, ambient };
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(carrier.carry(waiting));
        Ok(Arc::new(Self(queue)))
    }
}

impl MailPort for Post {
    fn send(&self, mail: Mail) {
        if self.0.try_send(mail).is_err() {
            tracing::error!("Too many mails are waiting; one was dropped.");
        }
    }
}

/// The connection to a mail server that an address names. Passwords and links are not sent in the open,
/// unless the mail server is this very machine or the address asks for it.
pub fn transport(url: &str) -> Result<AsyncSmtpTransportBuilder, smtp::Error> {
    let host = url.strip_prefix("smtp://").map(|rest| rest.rsplit('@').next().unwrap_or(rest));
    let is_here = |host: &str| ["localhost", "127.0.0.1", "[::1]"].iter().any(|here| host.starts_with(here));
    let url = match host {
        Some(host) if !is_here(host) && !url.contains('?') => format!("{url}?tls=required"),
        Some(_) | None => url.to_owned(),
    };
    Ok(AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)?.timeout(Some(PATIENCE)))
}

impl Carrier {
    async fn carry(self, mut waiting: mpsc::Receiver<Mail>) {
        while let Some(mail) = waiting.recv().await {
            self.deliver(&mail).await;
        }
    }

    async fn deliver(&self, mail: &Mail) {
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%error, "A mail could not be written.");
                return;
            }
        };
        let mut retries = RETRIES.into_iter();
        while let Err(error) = self.transport.send(message.clone()).await {
            match retries.next().filter(|_| !error.is_permanent()) {
                Some(pause) => {
                    tracing::warn!(%error, "A mail could not be delivered yet.");
                    tokio::time::sleep(pause).await;
                }
                None => {
                    tracing::error!(%error, "A mail could not be delivered.");
                    return;
                }
            }
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let composed = compose(mail, &self.origin);
        let id = format!("<{:032x}@{}>", self.ambient.draw(), self.settings.from.email.domain());
        let message = Message::builder()
            .from(self.settings.from.clone())
            .to(mail.to.as_str().parse()?)
            .subject(composed.subject)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(composed.body)?;
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_mail_server_is_understood() {
        crate::tls::install_provider();
        for url in ["smtp://localhost:2525", "smtp://me:secret@mail.example.org", "smtps://mail.example.org"]
        {
            assert!(transport(url).is_ok(), "{url}");
        }
        for url in ["", "mail.example.org", "https://mail.example.org", "smtp://mail.example.org?tls=maybe"] {
            assert!(transport(url).is_err(), "{url}");
        }
    }
}
