//! What somebody may have meant by a name that is not there.

/// The name nearest to `wanted`, in whatever case, where one is near enough to be meant: at least half of its letters stand.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ENOUGH: f64 = 0.5;
    /// A name of more letters is no slip of the pen, and comparing it would take long.
    const MOST: usize = 200;
    if wanted.chars().nth(MOST).is_some() {
        return None;
    }
    let wanted = wanted.to_lowercase();
    let similarity = |name: &str| strsim::normalized_damerau_levenshtein(&wanted, &name.to_lowercase());
    names
        .into_iter()
        .map(|name| (similarity(name), name))
        .filter(|(similarity, _)| *similarity >= ENOUGH)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_meant() {
        let names = ["MeshVolume", "VoxelVolume", "VolumeDensityEllipsoid", "Sphericity"];
        assert_eq!(nearest("spericity", names), Some("Sphericity"));
        assert_eq!(nearest("Volume", names), Some("MeshVolume"));
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest("Roundness", names), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), names), None);
    }
}
