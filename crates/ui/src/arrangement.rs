//! Where each tile of a call stands: pure arithmetic, so that the grid can be tested without a screen.
//!
//! ```text
//! nobody shares a screen          a screen is shared, wide        a screen is shared, tall
//! ┌────┐ ┌────┐ ┌────┐            ┌──────────────┐ ┌───┐          ┌──────────────┐
//! │    │ │    │ │    │            │              │ │   │          │    screen    │
//! └────┘ └────┘ └────┘            │    screen    │ ├───┤          └──────────────┘
//!    ┌────┐ ┌────┐                │              │ │   │          ┌────┐ ┌────┐
//!    │    │ │    │                │              │ └───┘          │    │ │    │
//!    └────┘ └────┘                └──────────────┘ (pages)        └────┘ └────┘ (pages)
//! ```
//!
//! The grid takes the number of columns that makes the tiles largest. Tiles are between 16:9 and 4:3
//! (3:4 in a tall space), because a picture may lose its edges but never its face. The last row is
//! centred. What does not fit at a recognisable size goes to further pages of even length.
//!
//! Invariants: no rectangle leaves the space, no two overlap, every tile is on exactly one page, except
//! the first shared screen, which is on all of them.
//! Not here: measuring the space, and who is shown first.

use std::ops::Range;

/// Wider than this no tile gets.
const WIDEST: f64 = 16.0 / 9.0;
/// The narrowest tile in a space that is wider than high.
const NARROWEST_WIDE: f64 = 4.0 / 3.0;
/// The narrowest tile in a space that is higher than wide.
const NARROWEST_TALL: f64 = 3.0 / 4.0;
/// Below this width the space is a phone's.
const PHONE_WIDTH: f64 = 600.0;
/// The most tiles on one page of a phone.
const PAGE_PHONE: usize = 8;
/// The most tiles on one page elsewhere.
const PAGE: usize = 25;
/// The smallest tile in which a face can be read.
const SMALLEST: (f64, f64) = (130.0, 96.0);
/// The smallest tile beside a shared screen.
const SMALLEST_BESIDE: (f64, f64) = (112.0, 63.0);

/// A rectangle in CSS pixels, from the start and the top of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    /// The rectangle as an inline style; `inset-inline-start` keeps it right in right-to-left languages.
    pub fn style(&self) -> String {
        format!(
            "inset-inline-start:{:.1}px;inset-block-start:{:.1}px;inline-size:{:.1}px;block-size:{:.1}px",
            self.x, self.y, self.width, self.height
        )
    }
}

/// Where the tiles of a call stand. Tiles are counted with the shared screens first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// The first shared screen, if there is one.
    stage: Option<Rect>,
    /// How many tiles take turns on the pages.
    paged: usize,
    /// How many of them stand on one page.
    per_page: usize,
    grid: Grid,
}

/// Equal cells in rows, in a part of the space.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Grid {
    area: Rect,
    gap: f64,
    columns: usize,
    width: f64,
    height: f64,
}

/// Arranges `screens` shared screens and `people` in a space of so many CSS pixels.
pub fn arrange(screens: usize, people: usize, size: (f64, f64)) -> Arrangement {
    let space = Rect { x: 0.0, y: 0.0, width: size.0.max(0.0), height: size.1.max(0.0) };
    let gap = if space.width < PHONE_WIDTH { 8.0 } else { 12.0 };
    let cap = if space.width < PHONE_WIDTH { PAGE_PHONE } else { PAGE };
    match screens {
        0 => in_pages(None, people, (space, gap), (cap, SMALLEST)),
        1 if people == 0 => in_pages(Some(space), 0, (space, gap), (cap, SMALLEST)),
        _ => {
            let (stage, beside) = split(space, gap);
            in_pages(Some(stage), screens - 1 + people, (beside, gap), (cap, SMALLEST_BESIDE))
        }
    }
}

impl Arrangement {
    /// How many pages there are, at least one.
    pub fn pages(&self) -> usize {
        self.paged.div_ceil(self.per_page.max(1)).max(1)
    }

    /// Which tiles stand on `page`, with their places. A page that does not exist any more is the last.
    pub fn on_page(&self, page: usize) -> Vec<(usize, Rect)> {
        let first = usize::from(self.stage.is_some());
        let turns = self.turns(page);
        let count = turns.len();
        let places = turns.enumerate().map(|(cell, turn)| (first + turn, self.grid.cell(cell, count)));
        self.stage.map(|stage| (0, stage)).into_iter().chain(places).collect()
    }

    /// Where one tile stands on `page`; nowhere if another page has it.
    pub fn place(&self, tile: usize, page: usize) -> Option<Rect> {
        self.on_page(page).into_iter().find(|(other, _)| *other == tile).map(|(_, rect)| rect)
    }

    fn turns(&self, page: usize) -> Range<usize> {
        let start = page.min(self.pages() - 1) * self.per_page;
        start..(start + self.per_page).min(self.paged)
    }
}

impl Grid {
    fn cell(&self, index: usize, count: usize) -> Rect {
        let rows = count.div_ceil(self.columns);
        let (column, row) = (index % self.columns, index / self.columns);
        let in_row = if row + 1 == rows { count - row * self.columns } else { self.columns };
        let used = (span(in_row, self.width, self.gap), span(rows, self.height, self.gap));
        Rect {
            x: self.area.x + (self.area.width - used.0) / 2.0 + column as f64 * (self.width + self.gap),
            y: self.area.y + (self.area.height - used.1) / 2.0 + row as f64 * (self.height + self.gap),
            width: self.width,
            height: self.height,
        }
    }
}

/// The length of `count` equal things with gaps between them.
fn span(count: usize, each: f64, gap: f64) -> f64 {
    count as f64 * each + count.saturating_sub(1) as f64 * gap
}

/// Divides the space between a shared screen and everything else.
fn split(space: Rect, gap: f64) -> (Rect, Rect) {
    if space.width > space.height {
        let beside = (space.width * 0.2).clamp(120.0, 300.0).min(space.width / 2.0);
        let stage = Rect { width: (space.width - beside - gap).max(0.0), ..space };
        (stage, Rect { x: stage.width + gap, width: beside, ..space })
    } else {
        // Most shared screens are about this wide; what is left belongs to the people.
        let above = (space.width / 1.5).max(space.height * 0.35).min(space.height * 0.65);
        let stage = Rect { height: (above - gap).max(0.0), ..space };
        (stage, Rect { y: above, height: space.height - above, ..space })
    }
}

fn in_pages(
    stage: Option<Rect>,
    paged: usize,
    (area, gap): (Rect, f64),
    (cap, smallest): (usize, (f64, f64)),
) -> Arrangement {
    let readable = |count: &usize| {
        let grid = largest(area, gap, *count);
        grid.width >= smallest.0 && grid.height >= smallest.1
    };
    let most = (1..=cap.min(paged.max(1))).rev().find(readable).unwrap_or(1);
    let pages = paged.div_ceil(most).max(1);
    let even = paged.div_ceil(pages).max(1);
    // A page that is turned is full: a hole in its last row would look as if somebody were missing.
    let full = even.next_multiple_of(largest(area, gap, even).columns).min(most);
    let per_page = if pages == 1 { paged.max(1) } else { full };
    Arrangement { stage, paged, per_page, grid: largest(area, gap, per_page) }
}

/// The grid of `count` cells with the largest cells that the area allows.
fn largest(area: Rect, gap: f64, count: usize) -> Grid {
    let mut best = Grid { area, gap, columns: 1, width: 0.0, height: 0.0 };
    for columns in 1..=count {
        let rows = count.div_ceil(columns);
        let room = |length: f64, parts: usize| ((length - gap * (parts - 1) as f64) / parts as f64).max(0.0);
        let (width, height) = shaped(area, room(area.width, columns), room(area.height, rows));
        if width * height > best.width * best.height {
            best = Grid { columns, width, height, ..best };
        }
    }
    best
}

/// The largest tile of a permitted shape in a cell.
fn shaped(area: Rect, width: f64, height: f64) -> (f64, f64) {
    let narrowest = if area.width >= area.height { NARROWEST_WIDE } else { NARROWEST_TALL };
    (width.min(height * WIDEST), height.min(width / narrowest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Windows of the product's three widths, less header, bar and edges.
    const PHONE: (f64, f64) = (344.0, 608.0);
    const TABLET: (f64, f64) = (744.0, 892.0);
    const DESK: (f64, f64) = (1416.0, 768.0);
    const ALL: [(f64, f64); 6] = [PHONE, TABLET, DESK, (608.0, 240.0), (1000.0, 768.0), (3816.0, 1968.0)];

    fn check(screens: usize, size: (f64, f64), expected: Expect) {
        let lines = [1, 2, 3, 5, 9, 20].map(|people| {
            let arrangement = arrange(screens, people, size);
            let grid = arrangement.grid;
            let rows = arrangement.per_page.div_ceil(grid.columns);
            let pages = arrangement.pages();
            format!(
                "{people:2}: {} x {rows} of {:.0} x {:.0}, pages {pages}\n",
                grid.columns, grid.width, grid.height
            )
        });
        expected.assert_eq(&lines.concat());
    }

    #[test]
    fn on_a_phone_two_stand_above_each_other_five_in_two_columns_and_twenty_on_pages() {
        check(
            0,
            PHONE,
            expect![[r#"
             1: 1 x 1 of 344 x 459, pages 1
             2: 1 x 2 of 344 x 300, pages 1
             3: 1 x 3 of 344 x 197, pages 1
             5: 2 x 3 of 168 x 197, pages 1
             9: 2 x 3 of 168 x 197, pages 2
            20: 2 x 4 of 168 x 146, pages 3
        "#]],
        );
    }

    #[test]
    fn on_a_tablet_twenty_stand_on_one_page() {
        check(
            0,
            TABLET,
            expect![[r#"
             1: 1 x 1 of 744 x 892, pages 1
             2: 1 x 2 of 744 x 440, pages 1
             3: 2 x 2 of 366 x 440, pages 1
             5: 2 x 3 of 366 x 289, pages 1
             9: 3 x 3 of 240 x 289, pages 1
            20: 4 x 5 of 177 x 169, pages 1
        "#]],
        );
    }

    #[test]
    fn on_a_desk_twenty_stand_on_one_page() {
        check(
            0,
            DESK,
            expect![[r#"
             1: 1 x 1 of 1365 x 768, pages 1
             2: 2 x 1 of 702 x 526, pages 1
             3: 2 x 2 of 672 x 378, pages 1
             5: 3 x 2 of 464 x 348, pages 1
             9: 3 x 3 of 441 x 248, pages 1
            20: 5 x 4 of 274 x 183, pages 1
        "#]],
        );
    }

    #[test]
    fn people_stand_beside_a_shared_screen_on_a_desk() {
        check(
            1,
            DESK,
            expect![[r#"
             1: 1 x 1 of 283 x 378, pages 1
             2: 1 x 2 of 283 x 378, pages 1
             3: 1 x 3 of 283 x 248, pages 1
             5: 1 x 5 of 256 x 144, pages 1
             9: 2 x 5 of 136 x 144, pages 1
            20: 2 x 5 of 136 x 144, pages 2
        "#]],
        );
    }

    #[test]
    fn people_stand_below_a_shared_screen_on_a_phone() {
        check(
            1,
            PHONE,
            expect![[r#"
             1: 1 x 1 of 344 x 379, pages 1
             2: 1 x 2 of 329 x 185, pages 1
             3: 2 x 2 of 168 x 185, pages 1
             5: 2 x 3 of 168 x 121, pages 1
             9: 2 x 3 of 168 x 121, pages 2
            20: 2 x 4 of 158 x 89, pages 3
        "#]],
        );
    }

    #[test]
    fn no_tile_leaves_the_space_or_lies_on_another() {
        for size in ALL {
            for (screens, people) in
                [(0, 1), (0, 2), (0, 7), (0, 25), (1, 0), (1, 1), (1, 13), (1, 25), (2, 6)]
            {
                let arrangement = arrange(screens, people, size);
                for page in 0..arrangement.pages() {
                    let places: Vec<Rect> =
                        arrangement.on_page(page).into_iter().map(|(_, rect)| rect).collect();
                    for (index, place) in places.iter().enumerate() {
                        let context = format!("{screens} and {people} in {size:?}, page {page}: {place:?}");
                        assert!(place.width > 0.0 && place.height > 0.0, "{context}");
                        assert!(inside(place, size), "{context}");
                        assert!(places[..index].iter().all(|other| apart(place, other)), "{context}");
                    }
                }
            }
        }
    }

    #[test]
    fn everybody_is_on_exactly_one_page_and_the_screen_on_all() {
        for size in ALL {
            for (screens, people) in [(0, 1), (0, 9), (0, 25), (1, 0), (1, 25), (3, 20)] {
                let arrangement = arrange(screens, people, size);
                let pages = arrangement.pages();
                let seen: Vec<usize> =
                    (0..pages).flat_map(|page| arrangement.on_page(page)).map(|(tile, _)| tile).collect();
                for tile in 0..screens + people {
                    let wanted = if screens > 0 && tile == 0 { pages } else { 1 };
                    assert_eq!(
                        seen.iter().filter(|seen| **seen == tile).count(),
                        wanted,
                        "{tile} in {size:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_page_that_is_gone_shows_the_last_one() {
        let arrangement = arrange(0, 20, PHONE);
        assert!(arrangement.pages() > 1);
        assert_eq!(arrangement.on_page(99), arrangement.on_page(arrangement.pages() - 1));
    }

    #[test]
    fn a_space_that_was_not_measured_yet_holds_everybody_somewhere() {
        for size in [(0.0, 0.0), (-5.0, 20.0), (1.0, 1.0)] {
            let arrangement = arrange(1, 3, size);
            assert_eq!(arrangement.on_page(0).len(), 2, "{size:?}");
        }
    }

    fn inside(place: &Rect, size: (f64, f64)) -> bool {
        let slack = 0.01;
        place.x >= -slack
            && place.y >= -slack
            && place.x + place.width <= size.0 + slack
            && place.y + place.height <= size.1 + slack
    }

    fn apart(one: &Rect, other: &Rect) -> bool {
        one.x + one.width <= other.x
            || other.x + other.width <= one.x
            || one.y + one.height <= other.y
            || other.y + other.height <= one.y
    }
}
