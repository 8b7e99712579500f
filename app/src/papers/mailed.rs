//! Receipts by mail for payers without an account: the section on their receipt where they leave an address
//! or withdraw it, and the page on which whoever gets such mails says that they want no more.

use super::frame::page;
use super::html::{self, Html};
use super::{ADDRESS, WITHDRAW, of};
use model::SessionId;
use protocol::addresses::MAILS;
use service::rooms::papers::{AddressLeft, Mailing, Paper};
use ui::words::filled;
use ui::words::papers::Papers;

/// What is said of an address that was typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MailedNews {
    Left(AddressLeft),
    /// It is none.
    Wrong,
    /// It is forgotten.
    Withdrawn,
}

impl MailedNews {
    /// What stands in the address of the page.
    pub fn word(self) -> &'static str {
        match self {
            Self::Left(AddressLeft::Sent) => "sent",
            Self::Left(AddressLeft::Noted) => "noted",
            Self::Left(AddressLeft::Refused) => "refused",
            Self::Left(AddressLeft::Away) => "away",
            Self::Left(AddressLeft::TooMany) => "too-many",
            Self::Wrong => "wrong",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The same read back.
    pub fn parse(word: &str) -> Option<Self> {
        let left = [
            AddressLeft::Sent,
            AddressLeft::Noted,
            AddressLeft::Refused,
            AddressLeft::Away,
            AddressLeft::TooMany,
        ];
        left.map(Self::Left)
            .into_iter()
            .chain([Self::Wrong, Self::Withdrawn])
            .find(|news| news.word() == word)
    }
}

/// The language in which mails go to somebody whose browser prefers these (`Accept-Language`).
pub fn language(preferred: &str) -> &'static str {
    Papers::of(preferred).lang
}

/// The section; nothing where it is settled who reads.
pub(super) fn section(words: &Papers, paper: &Paper, news: Option<MailedNews>) -> Html {
    let said = &words.mailed;
    let lead = match &paper.mailing {
        Mailing::Settled => return Html::new(),
        Mailing::Offered => said.lead.to_owned(),
        Mailing::To(to) => filled(said.to, &[("address", to.as_str())]),
        Mailing::Withdrawn => said.nowhere.to_owned(),
    };
    let open = Html::new().raw("<section class=\"screen\" id=\"mail\">").h2(said.heading).p(&lead);
    let told = news.filter(|news| is_true(*news, &paper.mailing)).map(|news| note(words, news));
    let section = open.all(told);
    match &paper.mailing {
        Mailing::Settled | Mailing::Withdrawn => section,
        Mailing::Offered => section.add(leaving(words, paper, said.send)),
        Mailing::To(_) => {
            section.add(leaving(words, paper, said.send_elsewhere)).add(withdrawing(words, paper))
        }
    }
    .raw("</section>")
}

fn leaving(words: &Papers, paper: &Paper, button: &str) -> Html {
    Html::new()
        .raw("<form method=\"post\" action=\"")
        .text(&of(paper.session.id, ADDRESS))
        .raw("\"><div class=\"field\"><label for=\"email\">")
        .text(words.mailed.address)
        .raw("</label><input id=\"email\" type=\"email\" name=\"email\" autocomplete=\"email\" ")
        .raw("maxlength=\"254\" required></div><button>")
        .text(button)
        .raw("</button></form>")
}

fn withdrawing(words: &Papers, paper: &Paper) -> Html {
    let open = Html::new().raw("<form method=\"post\" action=\"").text(&of(paper.session.id, WITHDRAW));
    open.raw("\"><button class=\"danger\">").text(words.mailed.withdraw).raw("</button></form>")
}

/// The page behind the link in a mail; `key` is what the link carries, if mails still go there.
pub fn stopping(preferred: &str, session: SessionId, key: Option<&str>) -> String {
    let words = Papers::of(preferred);
    let said = &words.mailed;
    let body = Html::new().raw("<div class=\"empty\">");
    let body = match key {
        None => body.p(said.stopped),
        Some(key) => body
            .p(said.stop_lead)
            .raw("<form method=\"post\" action=\"")
            .text(&of(session, MAILS))
            .raw("\">")
            .hidden("key", key)
            .raw("<button class=\"danger\">")
            .text(said.stop)
            .raw("</button></form>"),
    };
    page(words, said.stop_title, "", body.raw("</div>"))
}

/// A link of somebody else's must not say that a mail was sent, nor that none will be.
fn is_true(news: MailedNews, mailing: &Mailing) -> bool {
    let is_left = matches!(mailing, Mailing::To(_));
    match news {
        MailedNews::Withdrawn => !is_left,
        MailedNews::Wrong | MailedNews::Left(AddressLeft::TooMany) => true,
        MailedNews::Left(_) => is_left,
    }
}

fn note(words: &Papers, news: MailedNews) -> Html {
    let said = &words.mailed;
    let (is_good, text) = match news {
        MailedNews::Left(AddressLeft::Sent) => (true, said.sent),
        MailedNews::Left(AddressLeft::Noted) => (true, said.noted),
        MailedNews::Left(AddressLeft::Refused) => (false, said.refused),
        MailedNews::Left(AddressLeft::Away) => (false, said.away),
        MailedNews::Left(AddressLeft::TooMany) => (false, said.too_many),
        MailedNews::Wrong => (false, said.wrong),
        MailedNews::Withdrawn => (true, said.withdrawn),
    };
    html::note(is_good, text)
}
