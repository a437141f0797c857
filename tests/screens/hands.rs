//! What hands do besides the keys of a screen: words to look for in all columns, clicks, a screen saved as a file.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use radscore::tui::incoming::Incoming;

use crate::driver::{Driver, Kind};
use crate::made_up::plain;

/// Clicks on the first place where the words stand.
fn click(mut driver: Driver, words: &str) -> Driver {
    let text = driver.text();
    let (row, column) = text
        .lines()
        .enumerate()
        .find_map(|(row, line)| Some((row, line[..line.find(words)?].chars().count())))
        .unwrap_or_else(|| panic!("{words} is not there:\n{text}"));
    // The driver draws two cells from the corner.
    driver.app.take(Incoming::Input(Event::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: column as u16 + 2,
        row: row as u16 + 2,
        modifiers: KeyModifiers::NONE,
    })));
    driver.keys("<C-l>")
}

#[test]
fn words_of_any_column_narrow_the_cases() {
    let mut snapshot = plain();
    snapshot.cases.truncate(3);
    for (case, (patient, event)) in snapshot
        .cases
        .iter_mut()
        .zip([("P05", true), ("P05", false), ("P06", true)])
    {
        patient.clone_into(&mut case.patient);
        case.event = Some(event);
    }
    snapshot.columns = vec!["centre".to_owned()];
    for (case, centre) in snapshot.cases.iter_mut().zip(["北京", "上海", "上海"]) {
        case.cells = vec![centre.to_owned()];
    }
    for (wanted, found) in [
        ("P05 yes", "1 of 1"),
        ("上海", "1 of 2"),
        ("P0", "1 of 3"),
        ("北京 P06", "of 0"),
    ] {
        let mut driver =
            Driver::new((80, 24), Kind::Terminal, Some(snapshot.clone())).keys(&format!("/{wanted}<Enter>"));
        assert!(driver.text().contains(found), "{wanted}:\n{}", driver.text());
    }
}

#[test]
fn what_is_written_can_be_taken_back_letter_by_letter() {
    // Backspace and Delete are keys without a command of their own, and must not be lost on the way to what is written.
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain()));
    let mut driver = driver.keys("/case-0043<Backspace>x<Left><Del><Enter>");
    assert!(driver.text().contains("1 of 1"), "{}", driver.text());
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain()));
    let mut driver = driver.keys(":qq<Backspace><Backspace>help");
    let text = driver.text();
    assert!(text.contains("help") && !text.contains("qhelp"), "{text}");
}

#[test]
fn clicks_on_tabs_rows_and_the_last_line_do_what_stands_there() {
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain()));
    let mut driver = click(driver, "case-004");
    assert!(driver.text().contains("5 of 24"), "{}", driver.text());
    let driver = click(driver, "a accept");
    assert_eq!(driver.asked(), ["Accept case-004"]);
    let mut driver = click(driver, "6 ROC");
    assert!(driver.text().contains("AUC"), "{}", driver.text());
    let driver = click(driver, "q quit");
    assert!(driver.app.finished);
}

#[test]
fn what_is_seen_is_saved_as_text_and_as_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot = plain();
    snapshot.results_folder = folder.path().to_owned();
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("6");
    let seen = driver.text();
    let mut driver = driver.keys("<C-e><C-e>");
    assert!(driver.text().contains("ROC-2.svg"), "{}", driver.text());
    let read = |name: &str| std::fs::read_to_string(folder.path().join("screens").join(name)).unwrap();
    assert_eq!(read("ROC.txt"), seen);
    let svg = read("ROC.svg");
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>") && svg.contains(">A<"));
}
