//! HTML that is put together from tags of ours and text of anybody's.
//!
//! Tags are `&'static str`, so that they stand in the source; everything else is escaped on its way in.

use crate::leaving::escaped;

/// A piece of a page.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Html(String);

impl Html {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self(String::new())
    }

    /// Tags.
    pub fn raw(mut self, tags: &'static str) -> Self {
        self.0.push_str(tags);
        self
    }

    /// Text between tags or in an attribute.
    pub fn text(mut self, text: &str) -> Self {
        self.0.push_str(&escaped(text));
        self
    }

    /// Another piece.
    pub fn add(mut self, part: Self) -> Self {
        self.0.push_str(&part.0);
        self
    }

    /// Several pieces, one after the other.
    pub fn all(self, parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(self, Self::add)
    }

    /// A link within this site.
    pub fn link(self, address: &str, text: &str) -> Self {
        self.raw("<a href=\"").text(address).raw("\">").text(text).raw("</a>")
    }

    /// A paragraph.
    pub fn p(self, text: &str) -> Self {
        self.raw("<p>").text(text).raw("</p>")
    }

    /// A heading below the first.
    pub fn h2(self, text: &str) -> Self {
        self.raw("<h2>").text(text).raw("</h2>")
    }

    /// A hidden field of a form.
    pub fn hidden(self, name: &'static str, value: &str) -> Self {
        self.raw("<input type=\"hidden\" name=\"").raw(name).raw("\" value=\"").text(value).raw("\">")
    }

    /// The whole as text.
    pub fn finish(self) -> String {
        self.0
    }
}

/// Text as a piece.
pub fn text(text: &str) -> Html {
    Html::new().text(text)
}

/// A number or a digest, as machines write it.
pub fn code(text: &str) -> Html {
    Html::new().raw("<span class=\"code\">").text(text).raw("</span>")
}

/// Things and what they are, without those that are not known.
pub fn terms<const N: usize>(class: &'static str, rows: [(&str, Option<Html>); N]) -> Html {
    let rows = rows.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some(Html::new().raw("<div><dt>").text(name).raw("</dt><dd>").add(value).raw("</dd></div>"))
    });
    Html::new().raw("<dl class=\"").raw(class).raw("\">").all(rows).raw("</dl>")
}

/// A field for something short that is typed.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    pub name: &'a str,
    pub label: &'a str,
    /// What it should hold, or what is wrong with what it does.
    pub hint: &'a str,
    pub value: &'a str,
    pub is_wrong: bool,
    /// The most characters.
    pub limit: &'static str,
}

/// The field with its label and its hint.
pub fn field(field: Field<'_>) -> Html {
    let Field { name, label, hint, value, is_wrong, limit } = field;
    let state = if is_wrong { " aria-invalid=\"true\"" } else { "" };
    let class = if is_wrong { "<span class=\"hint wrong\" id=\"" } else { "<span class=\"hint\" id=\"" };
    Html::new()
        .raw("<div class=\"field\"><label for=\"")
        .text(name)
        .raw("\">")
        .text(label)
        .raw("</label><input maxlength=\"")
        .raw(limit)
        .raw("\" inputmode=\"decimal\" autocomplete=\"off\" id=\"")
        .text(name)
        .raw("\" name=\"")
        .text(name)
        .raw("\" value=\"")
        .text(value)
        .raw("\" aria-describedby=\"")
        .text(name)
        .raw("-hint\"")
        .raw(state)
        .raw(">")
        .raw(class)
        .text(name)
        .raw("-hint\">")
        .text(hint)
        .raw("</span></div>")
}

/// One of several, to be chosen.
pub fn choice(name: &str, (value, label): (&str, &str), is_chosen: bool) -> Html {
    let checked = if is_chosen { " checked" } else { "" };
    Html::new()
        .raw("<label class=\"choice\"><input type=\"radio\" name=\"")
        .text(name)
        .raw("\" value=\"")
        .text(value)
        .raw("\"")
        .raw(checked)
        .raw(">")
        .text(label)
        .raw("</label>")
}

/// What is said above a form once it was sent.
pub fn note(is_good: bool, words: &str) -> Html {
    let open = match is_good {
        true => "<p class=\"note good\" role=\"status\">",
        false => "<p class=\"note bad\" role=\"alert\">",
    };
    Html::new().raw(open).text(words).raw("</p>")
}

/// A column of a table: what it is called, and whether it holds numbers.
pub type Column<'a> = (&'a str, bool);

/// A table. The first cell of each row names it. Where the page is narrow each row is a card, in which every
/// cell says its column; the roles are written down, because such a layout takes them away.
pub fn table(name: &str, columns: &[Column<'_>], rows: impl IntoIterator<Item = Vec<Html>>) -> Html {
    let class = |is_number: bool| if is_number { " class=\"number\"" } else { "" };
    let heads = columns.iter().map(|(text, is_number)| {
        let open = Html::new().raw("<th role=\"columnheader\" scope=\"col\"").raw(class(*is_number));
        open.raw(">").text(text).raw("</th>")
    });
    let rows = rows.into_iter().map(|cells| {
        let cells = cells.into_iter().zip(columns).enumerate().map(|(place, (cell, (text, is_number)))| {
            let (open, close) = match place {
                0 => ("<th role=\"rowheader\" scope=\"row\"", "</th>"),
                _ => ("<td role=\"cell\"", "</td>"),
            };
            let open =
                Html::new().raw(open).raw(class(*is_number)).raw(" data-name=\"").text(text).raw("\">");
            open.raw("<span>").add(cell).raw("</span>").raw(close)
        });
        Html::new().raw("<tr role=\"row\">").all(cells).raw("</tr>")
    });
    Html::new()
        .raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
        .text(name)
        .raw("\"><table role=\"table\"><thead role=\"rowgroup\"><tr role=\"row\">")
        .all(heads)
        .raw("</tr></thead><tbody role=\"rowgroup\">")
        .all(rows)
        .raw("</tbody></table></div>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_wrote_becomes_a_tag() {
        let bad = "\"><script>&'";
        let page = Html::new().link(bad, bad).p(bad).h2(bad).hidden("x", bad);
        let page = page.add(terms("facts", [(bad, Some(text(bad)))])).add(table(
            bad,
            &[(bad, true)],
            [vec![text(bad)]],
        ));
        let page = page.finish();
        assert!(
            !page.contains("<script") && !page.contains("\"\"") && page.contains("&lt;script&gt;"),
            "{page}"
        );
    }

    #[test]
    fn a_table_names_its_columns_and_rows() {
        let cells = vec![text("Bo"), text("2")];
        let table = table("Who", &[("Name", false), ("Sum", true)], [cells]).finish();
        let head = "scope=\"col\">Name</th><th role=\"columnheader\" scope=\"col\" class=\"number\">Sum</th>";
        assert!(table.contains(head), "{table}");
        let row = "scope=\"row\" data-name=\"Name\"><span>Bo</span></th>\
                   <td role=\"cell\" class=\"number\" data-name=\"Sum\"><span>2</span></td>";
        assert!(table.contains(row), "{table}");
    }
}
