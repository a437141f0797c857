//! The matrices of the IBSI's digital phantom are those of the definitions, made by brute force.

use serde_json::Value;

use super::{Extent, Matrices, Region};
use crate::features::Parameters;
use crate::features::convention::LonelyVoxels;
use crate::features::ibsi::phantom;
use crate::features::matrix::level_size::LevelSizeMatrix;
use crate::features::matrix::pairs::PairMatrix;
use crate::features::matrix::tone_difference::ToneMatrix;
use crate::features::matrix::zones::{by_depth, by_size};

/// Grey level, column, count.
type Cells = Vec<(u32, u32, f64)>;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn dense(table: &Value) -> Cells {
    let mut found = Vec::new();
    for (row, line) in table.as_array().unwrap().iter().enumerate() {
        for (column, count) in line.as_array().unwrap().iter().enumerate() {
            if number(count) > 0.0 {
                found.push((row as u32 + 1, column as u32 + 1, number(count)));
            }
        }
    }
    found
}

fn sparse(table: &Value) -> Cells {
    let line = |line: &Value| (number(&line[0]) as u32, number(&line[1]) as u32, number(&line[2]));
    table.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn the_digital_phantom_gives_the_matrices_of_the_definitions() {
    let file = include_str!("../../../tests/golden/ibsi/digital_phantom/texture_matrices_3d.json");
    let matrices: Value = serde_json::from_str(file).unwrap();
    let document = serde_json::json!({"convention": "ibsi", "setting": {"binWidth": 1}});
    let parameters = Parameters::from_value(&document).unwrap();
    let region = Region::new(
        parameters.settings(),
        [2.0; 3],
        phantom::image(),
        phantom::mask(),
        false,
    )
    .wanting(Matrices {
        pairs: true,
        runs: true,
        depths: true,
        beyond: false,
    });
    let (levels, directions) = region.directional(Extent::Volume).unwrap().remove(0);
    assert_eq!(directions.len(), 13);
    let voxels = levels.count() as f64;
    let of = |counts: &Vec<(u32, u32, u32)>| LevelSizeMatrix::from_ranks(counts, levels.values(), voxels);
    let (mut pairs, mut runs) = (Vec::new(), Vec::new());
    for direction in directions {
        let [z, y, x] = direction.offset;
        let of_direction = |family: &str| {
            let tables = &matrices[family];
            [format!("({x}, {y}, {z})"), format!("({}, {}, {})", -x, -y, -z)]
                .iter()
                .find_map(|name| tables.get(name))
                .map(dense)
                .unwrap()
        };
        let matrix = PairMatrix::new(direction.offset, &direction.pairs, levels, true);
        assert_eq!(matrix.cells().collect::<Cells>(), of_direction("glcm_per_direction"));
        pairs.push(matrix);
        let matrix = of(&direction.runs);
        assert_eq!(matrix.cells(), of_direction("glrlm_per_direction"));
        runs.push(matrix);
    }
    let merged = PairMatrix::merge(pairs.iter().map(|matrix| (matrix, 1.0))).unwrap();
    assert_eq!(merged.cells().collect::<Cells>(), dense(&matrices["glcm_merged"]));
    let merged = LevelSizeMatrix::merge(runs.iter().map(|matrix| (matrix, 1.0)));
    assert_eq!(merged.cells(), dense(&matrices["glrlm_merged"]));
    let (_, zones) = region.zones(Extent::Volume).unwrap().remove(0);
    assert_eq!(of(&by_size(zones)).cells(), sparse(&matrices["glszm"]));
    assert_eq!(of(&by_depth(zones)).cells(), sparse(&matrices["gldzm"]));
    let (_, around) = region.surroundings(Extent::Volume).unwrap().remove(0);
    assert_eq!(of(&around.dependences).cells(), sparse(&matrices["ngldm"]));
    let tones = ToneMatrix::new(levels, around, LonelyVoxels::LeftOut);
    for (tone, expected) in tones.tones.iter().zip(matrices["ngtdm"].as_array().unwrap()) {
        assert_eq!((tone.level, tone.count), (number(&expected[0]), number(&expected[2])));
        assert!((tone.difference - number(&expected[1])).abs() < 1e-9);
    }
}
