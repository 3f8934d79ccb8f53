//! What several screens draw with: a table of the visible rows, a line that is typed into, a sparkline, the master/detail split.

pub mod line_edit;
pub mod sparkline;
pub mod stacked;
pub mod table;

use ratatui::layout::Rect;

/// From this width on, a list shows the selected row's detail beside it.
pub const WIDE: u16 = 100;

/// The list's part and, where there is room, the detail's; a blank and a column for the line between them are left out of both.
pub fn split(area: Rect) -> (Rect, Option<Rect>) {
    if area.width < WIDE {
        return (area, None);
    }
    let detail = (area.width * 2 / 5).min(60);
    let list = Rect { width: area.width - detail - 2, ..area };
    (list, Some(Rect { x: area.x + list.width + 2, width: detail, ..area }))
}
