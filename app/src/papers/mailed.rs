//! Receipts by mail for payers without an account: the section on their receipt where they leave an address.

use super::html::Html;
use super::{ADDRESS, of};
use service::rooms::papers::{AddressLeft, Mailing, Paper};
use ui::words::filled;
use ui::words::papers::Papers;

/// What is said of an address that was typed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MailedNews {
    Left(AddressLeft),
    /// It is none.
    Wrong,
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
        left.map(Self::Left).into_iter().chain([Self::Wrong]).find(|news| news.word() == word)
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
    };
    Html::new()
        .raw("<section class=\"screen\" id=\"mail\">")
        .h2(said.heading)
        .p(&lead)
        .all(news.filter(|news| is_true(*news, &paper.mailing)).map(|news| note(words, news)))
        .raw("<form method=\"post\" action=\"")
        .text(&of(paper.session.id, ADDRESS))
        .raw("\"><div class=\"field\"><label for=\"email\">")
        .text(said.address)
        .raw("</label><input id=\"email\" type=\"email\" name=\"email\" autocomplete=\"email\" ")
        .raw("maxlength=\"254\" required></div><button>")
        .text(if matches!(paper.mailing, Mailing::Offered) { said.send } else { said.send_elsewhere })
        .raw("</button></form></section>")
}

/// A link of somebody else's must not say that a mail was sent.
fn is_true(news: MailedNews, mailing: &Mailing) -> bool {
    let is_left = matches!(mailing, Mailing::To(_));
    is_left || matches!(news, MailedNews::Wrong | MailedNews::Left(AddressLeft::TooMany))
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
    };
    let tags = match is_good {
        true => "<p class=\"note good\" role=\"status\">",
        false => "<p class=\"note bad\" role=\"alert\">",
    };
    Html::new().raw(tags).text(text).raw("</p>")
}
