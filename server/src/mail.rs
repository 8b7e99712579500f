//! Mails, by SMTP: a queue, and one task that empties it.
//!
//! Whoever sends never waits. The queue is bounded; when it is full a mail is dropped, and the log says so.
//! A mail that a server refuses for now is tried again a few times; after that the person asks again.
//! Addresses and links stay out of the log. What waits when the server stops is lost, as its links would be
//! asked for again anyway.

use crate::config::MailSettings;
use app::mails::compose;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use lettre::transport::smtp::{self, AsyncSmtpTransportBuilder};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use service::mail::{CalendarPart, Delivery, Mail, MailAbout, MailPort, Site};
use service::time::Ambient;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many mails may wait.
const QUEUE: usize = 256;
/// How long a mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long until a mail is tried again, each time.
const RETRIES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];

/// The way out for mails.
pub struct Post {
    queue: mpsc::Sender<Parcel>,
    site: Site,
}

/// A mail, and who wants to know what becomes of it.
struct Parcel {
    mail: Mail,
    receipt: Option<oneshot::Sender<Delivery>>,
}

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
        let site = Site { origin: origin.clone(), sender: settings.sender.clone() };
        let carrier = Carrier { settings: settings.clone(), origin, transport, ambient };
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(carrier.carry(waiting));
        Ok(Arc::new(Self { queue, site }))
    }
}

impl Post {
    fn enqueue(&self, parcel: Parcel) {
        if self.queue.try_send(parcel).is_err() {
            tracing::error!("Too many mails are waiting; one was dropped.");
        }
    }
}

impl MailPort for Post {
    fn send(&self, mail: Mail) {
        self.enqueue(Parcel { mail, receipt: None });
    }

    fn deliver(&self, mail: Mail) -> oneshot::Receiver<Delivery> {
        let (receipt, answer) = oneshot::channel();
        self.enqueue(Parcel { mail, receipt: Some(receipt) });
        answer
    }

    fn site(&self) -> &Site {
        &self.site
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
    async fn carry(self, mut waiting: mpsc::Receiver<Parcel>) {
        while let Some(Parcel { mail, receipt }) = waiting.recv().await {
            // Whoever waits for the answer can ask again, and must not keep the others waiting.
            let retries = if receipt.is_some() { &RETRIES[..1] } else { &RETRIES[..] };
            let delivery = self.deliver(&mail, retries).await;
            if let Some(receipt) = receipt {
                // Whoever asked may be gone.
                let _ = receipt.send(delivery);
            }
        }
    }

    async fn deliver(&self, mail: &Mail, retries: &[Duration]) -> Delivery {
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%error, "A mail could not be written.");
                return Delivery::Refused;
            }
        };
        let mut retries = retries.iter().copied();
        while let Err(error) = self.transport.send(message.clone()).await {
            match retries.next().filter(|_| !error.is_permanent()) {
                Some(pause) => {
                    tracing::warn!(%error, "A mail could not be delivered yet.");
                    tokio::time::sleep(pause).await;
                }
                None => {
                    tracing::error!(%error, "A mail could not be delivered.");
                    return if error.is_permanent() { Delivery::Refused } else { Delivery::Failed };
                }
            }
        }
        Delivery::Sent
    }

    fn message(&self, mail: &Mail) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let composed = compose(mail, &self.origin);
        let id = format!("<{:032x}@{}>", self.ambient.draw(), self.settings.from.email.domain());
        let head = Message::builder()
            .from(self.settings.from.clone())
            .to(mail.to.as_str().parse()?)
            .subject(composed.subject)
            .message_id(Some(id));
        let head = match &mail.stop {
            Some(path) => head.raw_header(unsubscribing(format!("<{}{path}>", self.origin))),
            None => head,
        };
        let Some(CalendarPart { method, text }) = calendar(mail) else {
            return Ok(head.header(ContentType::TEXT_PLAIN).body(composed.body)?);
        };
        // The part that says most comes last (RFC 2046, section 5.1.4).
        let kind = ContentType::parse(&format!("text/calendar; method={method}; charset=utf-8"))?;
        let calendar = SinglePart::builder().header(kind).body(text.clone());
        let parts =
            MultiPart::alternative().singlepart(SinglePart::plain(composed.body)).singlepart(calendar);
        Ok(head.multipart(parts)?)
    }
}

/// Where mail programs have their reader say that they want no more (RFC 2369, section 3.2). It is asked
/// there once more, so that RFC 8058 does not hold.
fn unsubscribing(link: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("List-Unsubscribe"), link)
}

/// What a mail has for calendars.
fn calendar(mail: &Mail) -> Option<&CalendarPart> {
    match &mail.about {
        MailAbout::Invited(invited) => invited.calendar.as_ref(),
        MailAbout::Confirm(_)
        | MailAbout::Taken
        | MailAbout::Reset(_)
        | MailAbout::PasswordChanged
        | MailAbout::Money(_)
        | MailAbout::Pack(_)
        | MailAbout::Minutes(_)
        | MailAbout::Dispute(_) => None,
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
