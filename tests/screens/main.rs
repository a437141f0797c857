//! Every screen as text: what a person sees at four sizes, that odd studies break nothing, and that keys do what the help
//! says. Screens are functions of a snapshot, view state and size, so no study is run here.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod driver;
mod form;
mod hands;
mod home;
mod kept;
mod made_up;
mod mending;
mod own;
mod reporting;
mod sample;

use std::fmt::Write as _;

use driver::{DIGITS, Driver, Kind};
use made_up::{odd_studies, plain};
use radscore::figure::{Label, Results};
use radscore::message::{Id, Message};
use radscore::tui::app::program_rows;
use radscore::tui::command::{GROUPS, Group, Row};
use radscore::tui::screens::SCREENS;
use radscore::tui::snapshot::{Freshness, Snapshot};
use ratatui::style::{Color, Modifier};

// ---- what a person sees

#[test]
fn every_screen_as_it_looks() {
    for (wide, high, kind, name) in [
        (80, 24, Kind::Terminal, "80x24"),
        (120, 40, Kind::Terminal, "120x40"),
        (60, 16, Kind::Ascii, "60x16-ascii"),
        (200, 60, Kind::Mono, "200x60-mono"),
    ] {
        let mut all = String::new();
        for digit in DIGITS {
            let _ = writeln!(all, "{}", "=".repeat(usize::from(wide)));
            all.push_str(&Driver::new((wide, high), kind, Some(plain())).keys(digit).text());
        }
        insta::assert_snapshot!(name, all);
    }
}

#[test]
fn overlays_and_viewers_as_they_look() {
    let mut all = String::new();
    for keys in [
        "?",
        ":roc",
        "v",
        "vTc",
        "vM",
        "vB",
        "<Enter>",
        "/case-01",
        "6t",
        "4<Tab>",
        "4<Tab><Tab>",
        "5<Tab>",
        "5<Tab><Tab>",
        "3<Tab>",
        "3n",
        "4<Tab><Tab><Tab>",
        "5nn",
        "=<Tab>",
        "=<Tab><Tab>",
        "=<Tab><Tab><Tab>",
        "6<Tab>",
        "2<Tab><Enter>2<Enter>",
    ] {
        let _ = writeln!(all, "==== {keys}");
        all.push_str(&Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(keys).text());
    }
    let _ = writeln!(all, "==== no study");
    all.push_str(&Driver::new((80, 24), Kind::Terminal, None).text());
    let _ = writeln!(all, "==== no results");
    let mut empty = plain();
    empty.results = Results::default();
    empty.stages[9].state = Freshness::Missing;
    all.push_str(&Driver::new((80, 24), Kind::Terminal, Some(empty)).keys("6").text());
    insta::assert_snapshot!("overlays-80x24", all);
}

// ---- nothing breaks

#[test]
fn odd_studies_at_every_size_and_in_every_look() {
    for (name, snapshot) in odd_studies() {
        for size in [(60, 16), (80, 24), (120, 40), (200, 60), (59, 16), (20, 5), (1, 1)] {
            for kind in [Kind::Terminal, Kind::Mono, Kind::Ascii] {
                // The large studies are drawn at two sizes: it is the same code, and debug builds are slow.
                if snapshot.features.len() + snapshot.cases.len() > 1000 && size != (80, 24) && size != (200, 60) {
                    continue;
                }
                let mut driver = Driver::new(size, kind, Some(snapshot.clone()));
                for digit in DIGITS {
                    driver = driver.keys(digit);
                    let text = driver.text();
                    if matches!(kind, Kind::Ascii) && name != "chinese names" {
                        assert!(text.is_ascii(), "{name} {size:?} screen {digit}:\n{text}");
                    }
                    for keys in [
                        "<Tab>",
                        "t",
                        "<Down><Right>",
                        "t",
                        "<Right><Left>",
                        "<End>",
                        "<Home>",
                        "?",
                        "<Esc><Esc><Esc>",
                    ] {
                        driver = driver.keys(keys);
                        driver.buffer();
                    }
                }
            }
        }
    }
}

#[test]
fn mono_sends_no_colour_and_keeps_the_selection() {
    let mut driver = Driver::new((80, 24), Kind::Mono, Some(plain()));
    for digit in DIGITS {
        driver = driver.keys(digit);
        let buffer = driver.buffer();
        for cell in buffer.content() {
            assert!(
                matches!(cell.fg, Color::Reset) && matches!(cell.bg, Color::Reset),
                "{cell:?}"
            );
        }
        let reversed = buffer
            .content()
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .count();
        assert!(reversed > 2, "screen {digit} has a selected tab");
    }
    let mut driver = driver.keys("1j");
    let buffer = driver.buffer();
    let row = (0..24).find(|&y| {
        (0..80)
            .filter(|&x| buffer[(x, y)].modifier.contains(Modifier::REVERSED))
            .count()
            > 60
    });
    assert_eq!(row, Some(4), "the second case is reversed from edge to edge");
}

// ---- keys

/// The groups of a screen, and its own commands by what they are for.
type Said = (&'static [&'static Group], Vec<(Id, Vec<Row>)>);

/// What each screen says of itself.
fn said_by_screens() -> Vec<Said> {
    SCREENS
        .iter()
        .map(|entry| (entry.make)())
        .map(|screen| (screen.groups(), screen.all_own()))
        .collect()
}

/// Every row, with the heading under which the page of keys has it.
fn every_row() -> Vec<(String, Row)> {
    let mut rows: Vec<(String, Row)> = Vec::new();
    rows.extend(program_rows().map(|row| ("Everywhere".to_owned(), row)));
    for group in GROUPS {
        rows.extend(group.rows.iter().map(|(_, row)| (group.title.to_string(), *row)));
    }
    for (_, own) in said_by_screens() {
        for (title, own) in own {
            rows.extend(own.into_iter().map(|row| (title.to_string(), row)));
        }
    }
    rows
}

#[test]
fn every_command_has_words_and_fits_the_help() {
    for (_, row) in every_row() {
        let (name, about) = (row.name.text(), row.about.text());
        assert!(!name.is_empty() && !about.is_empty());
        let keys = row.keys.join(" ");
        assert!(keys.len() <= 10, "{keys}");
        assert!(name.chars().count() <= 12, "{name}");
        assert!(4 + 11 + 13 + about.chars().count() + 2 <= 80, "{about}");
    }
}

#[test]
fn keys_are_unique_within_a_screen_and_global_keys_are_nobodys_else() {
    let global: Vec<&str> = program_rows().flat_map(|row| row.keys).copied().collect();
    let mut seen = std::collections::HashSet::new();
    for key in &global {
        assert!(seen.insert(*key), "{key} is twice a global key");
    }
    for (groups, own) in said_by_screens() {
        let common: Vec<&str> = groups
            .iter()
            .flat_map(|group| group.rows)
            .flat_map(|(_, row)| row.keys)
            .copied()
            .collect();
        // A screen's second set of commands, such as the slice viewer's, stands without the common ones.
        for (set, (title, own)) in own.iter().enumerate() {
            let mut seen = std::collections::HashSet::new();
            let own = own.iter().flat_map(|row| row.keys).copied();
            let all: Vec<&str> = if set == 0 {
                own.chain(common.iter().copied()).collect()
            } else {
                own.collect()
            };
            for key in all {
                assert!(!global.contains(&key), "{key} under {title} is a global key");
                assert!(seen.insert(key), "{key} is there twice under {title}");
            }
        }
    }
}

#[test]
fn the_help_lists_every_key_of_the_screen_and_fits() {
    let cases = SCREENS.iter().find(|entry| entry.identity.name.0 == "cases");
    let screen = (cases.unwrap().make)();
    let mut driver = Driver::new((80, 60), Kind::Terminal, Some(plain())).keys("?");
    let text = driver.text();
    let common = screen.groups().iter().flat_map(|group| group.rows).map(|(_, row)| *row);
    let ways = SCREENS.iter().map(|entry| entry.row.about).collect::<Vec<_>>();
    let rows = screen.own().into_iter().chain(common).chain(program_rows());
    for row in rows.filter(|row| !ways.contains(&row.about)) {
        assert!(text.contains(row.about.text()), "{} is missing:\n{text}", row.about);
    }
}

#[test]
fn a_command_that_cannot_be_obeyed_says_why() {
    let mut snapshot = plain();
    snapshot.results = Results::default();
    snapshot.stages[9].state = Freshness::Missing;
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot.clone())).keys("6e");
    assert!(driver.text().contains("run evaluate first"));
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("1x");
    assert!(driver.text().contains("nothing runs"));
}

#[test]
fn r_runs_what_the_screen_needs_and_a_panic_is_a_failed_job() {
    let mut snapshot = plain();
    snapshot.results = Results::default();
    snapshot.stages[9].state = Freshness::Missing;
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot.clone())).keys("6r");
    assert_eq!(driver.asked(), ["run Some(\"evaluate\")"]);
    assert!(driver.text().contains("done: everything"));
    let mut driver = driver.keys("L");
    assert!(driver.text().contains("extract: a note"), "the log keeps notes");
    // On the pipeline the third stage is the split, whose job panics.
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("2jjr");
    assert!(driver.text().contains("broke off"), "{}", driver.text());
    let mut driver = driver.keys("R");
    assert!(driver.text().contains("done: everything"), "the program goes on");
}

#[test]
fn escape_always_goes_one_step_back_and_never_leaves() {
    for keys in [
        "?",
        ":",
        "/abc",
        "v",
        "vc",
        "<Enter>",
        "L",
        "6t",
        "6<Left>",
        "4<Tab><Tab>",
        "2<Tab>",
        "c",
    ] {
        let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(keys);
        let before = driver.text();
        let mut driver = driver.keys("<Esc>");
        assert_ne!(before, driver.text(), "Esc after {keys}");
        let driver = driver.keys("<Esc><Esc><Esc><Esc>");
        assert!(!driver.app.finished, "Esc after {keys} left the program");
    }
    assert!(
        Driver::new((80, 24), Kind::Terminal, Some(plain()))
            .keys("q")
            .app
            .finished
    );
    assert!(
        Driver::new((80, 24), Kind::Terminal, Some(plain()))
            .keys("/ab<C-c>")
            .app
            .finished
    );
}

#[test]
fn letters_in_a_text_field_are_no_commands() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("/q1x");
    assert!(!driver.app.finished);
    assert!(driver.text().contains("/q1x"));
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("/003<Enter>");
    let text = driver.text();
    assert!(text.contains("case-003") && !text.contains("case-004"), "{text}");
}

#[test]
fn a_review_takes_one_key_a_case() {
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("ad");
    assert_eq!(driver.asked(), ["Accept case-000", "Drop case-001"]);
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("<Space><Space>d");
    assert_eq!(driver.asked(), ["Drop case-000,case-001"]);
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("vad");
    assert_eq!(driver.asked(), ["Accept case-000", "Drop case-001"]);
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("cunclear edge<Enter>");
    assert_eq!(driver.asked(), ["Comment(\"unclear edge\") case-000"]);
}

#[test]
fn the_palette_finds_a_screen_by_name() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys(":calibr<Enter>");
    assert!(
        driver.text().contains("Calibration: model 1, training"),
        "{}",
        driver.text()
    );
}

#[test]
fn the_lambda_cursor_moves_in_path_and_error() {
    let mut driver = Driver::new((120, 48), Kind::Terminal, Some(plain())).keys("4<Right>");
    let text = driver.text();
    let columns: Vec<usize> = text
        .lines()
        .filter_map(|line| line.chars().position(|letter| letter == '│').map(|_| line))
        .filter_map(|line| {
            let bars: Vec<usize> = line
                .char_indices()
                .filter(|(_, letter)| *letter == '│')
                .map(|(at, _)| line[..at].chars().count())
                .collect();
            (bars.len() >= 2).then(|| bars[1])
        })
        .collect();
    assert!(columns.len() > 10, "the cursor is drawn in both charts:\n{text}");
    let driver = driver.keys("s");
    assert!(
        driver.asked()[0].starts_with("select.lambda=0.0"),
        "{:?}",
        driver.asked()
    );
}

#[test]
fn the_nomogram_follows_the_keys() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("9");
    let before = driver.text();
    assert!(before.contains("risk"));
    let mut driver = driver.keys("<Down><Right>");
    let after = driver.text();
    assert!(
        after.contains("smoking yes") && !before.contains("smoking yes"),
        "{after}"
    );
}

#[test]
fn a_text_for_the_clipboard_is_asked_for_once() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("6y");
    let requests = driver.app.take_requests();
    assert!(requests.copy.unwrap().starts_with("curve,threshold,"));
    assert_eq!(driver.app.take_requests().copy, None);
}

#[test]
fn an_export_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let mut snapshot = plain();
    snapshot.results_folder = folder.path().to_owned();
    let _driver = Driver::new((80, 24), Kind::Terminal, Some(snapshot)).keys("6ee");
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("figures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["roc-2.csv", "roc-2.svg", "roc.csv", "roc.svg"]);
}

#[test]
fn without_a_study_the_program_offers_ways_to_one() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, None);
    let text = driver.text();
    for words in ["write the sample study", "open a study", "make a study"] {
        assert!(text.contains(words));
    }
    let mut driver = driver.keys("j<Enter>nowhere.yaml<Enter>");
    assert!(
        driver.text().contains("nowhere.yaml: cannot be read"),
        "{}",
        driver.text()
    );
}

#[test]
fn an_unchanged_program_is_not_drawn_again() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain()));
    driver.text();
    assert!(!driver.app.dirty);
    let driver = driver.keys("j");
    assert!(driver.app.dirty);
}

#[test]
fn a_setting_is_changed_only_after_its_consequences_were_seen() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("2<Tab><Enter><C-u>1se<Enter>");
    let text = driver.text();
    assert!(
        text.contains("fit becomes stale: select.lambda was min and is 1se"),
        "{text}"
    );
    assert!(driver.asked().is_empty());
    let mut driver = driver.keys("<Esc>");
    assert!(driver.text().contains("left as it was") && driver.asked().is_empty());
    let driver = driver.keys("<Enter><C-u>1se<Enter>y");
    assert_eq!(driver.asked(), ["select.lambda=1se"]);
    // A change that cannot even be weighed is a failed job, and nothing is changed.
    let mut driver = driver.keys("<Enter><C-u>broken<Enter>");
    assert!(driver.text().contains("broke off"), "{}", driver.text());
    assert_eq!(driver.asked().len(), 1);
}

#[test]
fn a_rule_is_broken_only_with_a_reason() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("2b");
    assert!(driver.text().contains("no rule of the guard stops the study"));
    let stopped = Snapshot {
        stopped_by: Some(("L09".to_owned(), "the same test cases have been scored".to_owned())),
        ..plain()
    };
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(stopped)).keys("2");
    let text = driver.text();
    assert!(text.contains("L09 stops the study"), "{text}");
    let driver = driver.keys("bplanned beforehand<Enter>");
    assert_eq!(driver.asked(), ["allow L09: planned beforehand"]);
}

/// What a study breaks stands on every chart and every table behind one; what it has left behind, on those of that stage.
#[test]
fn labels_stand_on_charts_and_on_the_tables_behind_them() {
    let label = |text: &str| Label {
        head: Message::verbatim(text),
        text: Message::verbatim(format!("{text}: for a reason")),
    };
    let mut labelled = plain();
    labelled.results.labels = vec![label("L09 broken knowingly")];
    labelled.results.stale = vec![("discrimination", label("left behind"))];
    for screen in DIGITS {
        let mut driver = Driver::new((120, 40), Kind::Terminal, Some(plain()))
            .keys(screen)
            .keys("t");
        let has_table = driver.text()
            != Driver::new((120, 40), Kind::Terminal, Some(plain()))
                .keys(screen)
                .text();
        if !has_table || "123".contains(screen) {
            continue;
        }
        for keys in ["", "t"] {
            let mut driver = Driver::new((120, 40), Kind::Terminal, Some(labelled.clone()))
                .keys(screen)
                .keys(keys);
            let text = driver.text();
            assert!(
                text.contains("L09 broken knowingly: for a reason"),
                "{screen}{keys}: {text}"
            );
            assert_eq!(
                text.contains("left behind: for a reason"),
                screen == "6",
                "{screen}{keys}: {text}"
            );
        }
    }
}

#[test]
fn the_cohort_is_edited_for_all_marked_and_saved_as_a_table() {
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("<Space><Space>E<C-u>age = 61<Enter>");
    assert_eq!(driver.asked(), ["edit age=61 case-000,case-001"]);
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("E<C-u>nothing<Enter>");
    assert!(driver.text().contains("column = value"));
    let driver = driver.keys("w<C-u>mine.csv<Enter>");
    assert_eq!(driver.asked(), ["save mine.csv"]);
}

#[test]
fn the_viewer_shows_both_readers_and_takes_a_window() {
    let mut driver = Driver::new((80, 24), Kind::Mono, Some(plain())).keys("v");
    let both = driver.text();
    assert!(
        both.contains("Dice 0.9") && both.contains("Hausdorff 0.7 mm") && both.contains('x'),
        "{both}"
    );
    let mut driver = driver.keys("B");
    assert!(driver.text().contains("second reader hidden"));
    let mut driver = driver.keys("W<C-u>1500 300<Enter>");
    assert!(driver.text().contains("own: W 1500 L 300"), "{}", driver.text());
    let mut driver = driver.keys("W<C-u>wide<Enter>");
    assert!(driver.text().contains("is no window"), "{}", driver.text());
    let mut driver = driver.keys("n");
    assert!(driver.text().contains("case-001") && driver.text().contains("own: W 1500"));
    // A virtual reader's masks come one after the other.
    let mut driver = driver.keys("B");
    assert!(driver.text().contains("virtual reader 1/2"), "{}", driver.text());
    let mut driver = driver.keys("B");
    assert!(driver.text().contains("virtual reader 2/2"), "{}", driver.text());
    let mut driver = driver.keys("B");
    assert!(driver.text().contains("second reader hidden"));
    let mut driver = driver.keys("M");
    assert!(driver.text().contains("own: W 1500"));
}

#[test]
fn a_montage_shows_each_slice_of_the_mask_once() {
    let mut driver = Driver::new((200, 60), Kind::Ascii, Some(plain())).keys("vM");
    let text = driver.text();
    // The mask reaches slices 4 to 10 of 12.
    for slice in 4..=10 {
        let words = format!("{slice}");
        assert!(
            text.split_whitespace().any(|word| word == words),
            "slice {slice} is missing:\n{text}"
        );
    }
}

#[test]
fn one_stage_runs_alone_or_anew() {
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("2of");
    assert_eq!(driver.asked(), ["only check", "only check anew"]);
}

#[test]
fn a_model_file_is_opened_at_the_audit() {
    let driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("0omodels/other.yaml<Enter>");
    assert_eq!(driver.asked(), ["judge models/other.yaml"]);
}

#[test]
fn one_cases_values_stand_beside_the_features() {
    let mut driver = Driver::new((80, 24), Kind::Terminal, Some(plain())).keys("3nn");
    let text = driver.text();
    assert!(text.contains("in SD") && text.contains("case-001:"), "{text}");
    let mut driver = driver.keys("p<Esc>");
    assert!(!driver.text().contains("in SD"));
}

/// The page of all keys, made from the rows of the program, the groups and the screens.
fn page_of_keys() -> String {
    let mut page = "# Keys\n\nMade from the program's rows of commands; `?` shows the keys of a screen, `:` finds any command by name.\n".to_owned();
    let mut heading = String::new();
    for (title, row) in every_row() {
        if title != heading {
            let _ = write!(
                page,
                "\n## {title}\n\n| keys | command | what it does |\n|---|---|---|\n"
            );
            heading = title;
        }
        let keys: Vec<String> = row.keys.iter().map(|key| format!("`{key}`")).collect();
        let _ = writeln!(page, "| {} | {} | {} |", keys.join(" "), row.name, row.about);
    }
    page
}

#[test]
fn the_page_of_keys_is_that_of_the_rows() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
    let page = page_of_keys();
    if std::env::var_os("RADSCORE_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        page,
        "run this test with RADSCORE_UPDATE=1"
    );
}
