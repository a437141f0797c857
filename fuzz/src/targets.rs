//! The readers, each with what is done with a file that it reads. Errors are answers; only panics, hangs and memory are faults.

use std::path::Path;

use radscore::audit::audit;
use radscore::audit::published::PublishedModel;
use radscore::features::{Parameters, Road, column_names, extract, load_options};
use radscore::study::input::yaml::read_value;
use radscore::study::table::Table;
use radscore::study::{Study, read_config};
use radscore::volume::{
    Geometry, LabelChoice, LoadOptions, Mask, Samples, Scan, Volume, files, labels, load, read_volume, segments,
};
use radscore::Model;

/// A reader.
pub struct Target {
    name: &'static str,
    /// What its files are called
    pub ending: &'static str,
    /// Whether its files are text
    pub text: bool,
    pub read: fn(&Path),
}

const TARGETS: &[Target] = &[
    Target {
        name: "nifti",
        ending: ".nii",
        text: false,
        read: image,
    },
    Target {
        name: "nrrd",
        ending: ".nrrd",
        text: true,
        read: image,
    },
    Target {
        name: "segmentation",
        ending: ".seg.nrrd",
        text: true,
        read: segmentation,
    },
    Target {
        name: "table",
        ending: ".csv",
        text: true,
        read: table,
    },
    Target {
        name: "workbook",
        ending: ".xlsx",
        text: false,
        read: table,
    },
    Target {
        name: "old-workbook",
        ending: ".xls",
        text: false,
        read: table,
    },
    Target {
        name: "spss",
        ending: ".sav",
        text: false,
        read: table,
    },
    Target {
        name: "stata",
        ending: ".dta",
        text: false,
        read: table,
    },
    Target {
        name: "study",
        ending: ".yaml",
        text: true,
        read: study,
    },
    Target {
        name: "parameters",
        ending: ".yaml",
        text: true,
        read: parameters,
    },
    Target {
        name: "model",
        ending: ".json",
        text: true,
        read: model,
    },
    Target {
        name: "audit",
        ending: ".yaml",
        text: true,
        read: published,
    },
];

/// All names.
pub fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

/// A target by its name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

fn image(path: &Path) {
    let _ = files(path);
    let _ = read_volume(path);
    let _ = labels(path);
    let any = LoadOptions {
        label: LabelChoice::Any,
        ..LoadOptions::default()
    };
    let _ = load(path, path, &any);
}

fn segmentation(path: &Path) {
    image(path);
    for segment in segments(path).unwrap_or_default().iter().take(20) {
        let options = LoadOptions {
            label: LabelChoice::Segment(segment.name.clone()),
            ..LoadOptions::default()
        };
        let _ = load(path, path, &options);
    }
}

fn table(path: &Path) {
    if let Ok(table) = Table::read(path) {
        for name in &table.header {
            let _ = table.numbers(name);
        }
    }
}

fn study(path: &Path) {
    let _ = read_config(path);
    let out = path.with_extension("out");
    let _ = Study::open_with(path, Some(&out), &[]);
    let _ = std::fs::remove_dir_all(out);
}

/// Features of a small case by the parameters, where they are valid.
fn parameters(path: &Path) {
    let Ok(value) = read_value(path) else { return };
    let Ok(parameters) = Parameters::from_value(&value) else {
        return;
    };
    let _ = (parameters.warnings(Road::Regions), parameters.summary(), column_names(&parameters));
    let _ = load_options(LabelChoice::Any, &parameters);
    let geometry = Geometry {
        size: [6, 5, 4],
        spacing: [0.8, 0.9, 2.5],
        origin: [0.0; 3],
        direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    };
    let image = Volume {
        geometry,
        samples: Samples::I16((0..120).map(|at| at * 37 % 101 - 20).collect()),
    };
    let inside = Volume {
        geometry,
        samples: Samples::U8((0..120).map(|at| u8::from(at % 6 > 0 && at > 30)).collect()),
    };
    let mask = Mask {
        geometry,
        voxels: inside.all_values().mapv(|value| value > 0.0),
    };
    let _ = extract(&Scan::of(image, mask), &parameters);
}

fn model(path: &Path) {
    if let Ok(model) = Model::read(path) {
        let _ = model.predict(|_| Some(0.5), |_| None);
    }
    published(path);
}

fn published(path: &Path) {
    let Ok(value) = read_value(path) else { return };
    if let Ok(model) = PublishedModel::from_value(&value) {
        let _ = audit(&model);
    }
}
