//! The sample study, really run, on every screen at four sizes in three looks.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use radscore::message::language;
use radscore::tui::opened::StudyOpener;
use radscore::tui::source::{JobLine, Opener, Run};

use crate::driver::{DIGITS, Driver, Kind};

/// GLCM features of which none is a combination of others. The mean of sums is twice the joint mean, and the sum of squares
/// is made of contrast and tendency: which of such columns a path takes is a matter of the last bit, and differs between
/// processors.
const GLCM: &str = "[Autocorrelation, ClusterProminence, ClusterShade, ClusterTendency, Contrast, Correlation, \
                    DifferenceAverage, DifferenceEntropy, DifferenceVariance, Id, Idm, Idmn, Idn, Imc1, Imc2, \
                    InverseVariance, JointAverage, JointEnergy, JointEntropy, MCC, MaximumProbability, SumEntropy]";

/// The sample study's file with its results in a folder of its own, and fewer resamples.
fn copy_of_the_study(folder: &Path) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(here.join("configs/study.yaml"))
        .unwrap()
        .replace("../sample-cases", &here.join("sample-cases").to_string_lossy())
        .replace("bootstrap: 1000 ", "bootstrap: 60 ")
        .replace("    glcm:\n", &format!("    glcm: {GLCM}\n"));
    assert!(text.contains(GLCM));
    let path = folder.join("study.yaml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_sample_study_on_every_screen_at_every_size_and_in_every_look() {
    let folder = tempfile::tempdir().unwrap();
    let source = StudyOpener::default().open(&copy_of_the_study(folder.path())).unwrap();
    let line = JobLine {
        cancel: Arc::new(AtomicBool::new(false)),
        tell: Arc::new(|_| {}),
    };
    let until = Run {
        until: Some("evaluate".to_owned()),
        ..Run::default()
    };
    source.run(&until, &line).unwrap();
    let snapshot = source.snapshot().unwrap();
    for (wide, high) in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        for (kind, look) in [
            (Kind::Terminal, "terminal"),
            (Kind::Mono, "mono"),
            (Kind::Ascii, "ascii"),
        ] {
            let mut all = String::new();
            for digit in DIGITS {
                let mut driver = Driver::over((wide, high), kind, &source, &snapshot).keys(digit);
                let text = driver.text();
                assert!(!matches!(kind, Kind::Ascii) || text.is_ascii(), "{text}");
                let _ = writeln!(all, "{}", "=".repeat(usize::from(wide)));
                all.push_str(&text);
                if (wide, high) == (80, 24) && !matches!(kind, Kind::Ascii) {
                    let _ = writeln!(all, "{}", "-".repeat(usize::from(wide)));
                    all.push_str(&driver.styles());
                }
            }
            let chinese = language::find("zh").unwrap();
            for digit in DIGITS {
                // Opened things too: what stands beside a list, a case, a table.
                for more in ["", "<Enter>", "t", "<Tab>"] {
                    let keys = format!("{digit}{more}");
                    let draw = || Driver::over((wide, high), kind, &source, &snapshot).keys(&keys).text();
                    let text = language::within(chinese, draw);
                    assert!(text.contains('例') || matches!(kind, Kind::Ascii), "{keys}:\n{text}");
                }
            }
            insta::assert_snapshot!(format!("sample-{wide}x{high}-{look}"), all);
        }
    }
}
