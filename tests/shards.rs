//! A large batch in shards: whatever is lost, repeated, damaged or done twice, the table is that of one machine, byte for byte.
//!
//! What a real scheduler does to it is in `tests/cluster.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const SHARDS: usize = 5;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/radiomics")
        .join(name)
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_radscore"));
    command.args(arguments);
    command
}

fn radscore(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a batch of small cases, two of which fail, the table that one machine makes of it, and a planned run.
struct Batch {
    folder: tempfile::TempDir,
}

impl Batch {
    fn new(cases: usize) -> Self {
        let batch = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let mut table = "ID,Image,Mask,Label\n".to_owned();
        for case in 0..cases {
            // Several cases share an image now and then, and stay together.
            let image = format!("image{:03}.nrrd", case - usize::from(case % 4 == 1));
            if !batch.file(&image).exists() {
                fs::copy(golden("images/tiny_image.nrrd"), batch.file(&image)).unwrap();
            }
            let mask = golden(if case % 3 == 0 {
                "images/tiny_multilabel.nrrd"
            } else {
                "images/tiny_mask.nrrd"
            });
            let label = if case % 7 == 3 { 9 } else { 1 };
            table.push_str(&format!("=patient {case},{image},{},{label}\n", mask.display()));
        }
        table.push_str("lost,nowhere.nrrd,nowhere.nrrd,1\n");
        fs::write(batch.file("cases.csv"), table).unwrap();
        let alone = radscore(&[
            "extract",
            &batch.text("cases.csv"),
            "-o",
            &batch.text("alone.csv"),
            "-v",
            "1",
        ]);
        assert_eq!(alone.status.code(), Some(1), "{}", said(&alone));
        let planned = batch.plan("run");
        assert!(planned.status.success(), "{}", said(&planned));
        batch
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    fn run(&self) -> String {
        self.text("run")
    }

    fn plan(&self, run: &str) -> Output {
        radscore(&[
            "plan",
            &self.text("cases.csv"),
            "--out",
            &self.text(run),
            "--shards",
            &SHARDS.to_string(),
        ])
    }

    fn start(&self, shard: usize) -> Child {
        command(&[
            "extract",
            "--run",
            &self.run(),
            "--shard",
            &shard.to_string(),
            "-j",
            "1",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
    }

    fn shard(&self, shard: usize) -> Output {
        self.start(shard).wait_with_output().unwrap()
    }

    fn merge(&self) -> Output {
        radscore(&["merge", &self.run()])
    }

    fn data(&self, shard: usize) -> PathBuf {
        self.file(&format!("run/shards/0/{shard:06}.jsonl"))
    }

    fn marker(&self, shard: usize) -> PathBuf {
        self.data(shard).with_extension("ok")
    }

    fn status(&self) -> Value {
        let output = radscore(&["status", &self.run(), "--json"]);
        assert!(output.status.success(), "{}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The merged table is that of one machine.
    fn assert_equal(&self) {
        let merged = self.merge();
        // Cases failed, which is told as extract tells it.
        assert_eq!(merged.status.code(), Some(1), "{}", said(&merged));
        let (alone, merged) = (
            fs::read_to_string(self.file("alone.csv")).unwrap(),
            fs::read_to_string(self.file("run/features.csv")).unwrap(),
        );
        assert!(alone.lines().count() > 10 && alone.contains("nowhere.nrrd"));
        assert!(alone == merged, "the merged table differs");
    }
}

#[test]
fn shards_in_any_order_and_twice_make_the_table_of_one_machine() {
    let batch = Batch::new(30);
    assert_eq!(batch.status()["done"], 0);
    let early = batch.merge();
    assert_eq!(early.status.code(), Some(3), "{}", said(&early));
    assert!(
        said(&early).contains("5 of 5 shards are missing: 0-4"),
        "{}",
        said(&early)
    );
    for shard in [3, 0, 4, 1] {
        let done = batch.shard(shard);
        assert!(done.status.success(), "{}", said(&done));
    }
    let early = batch.merge();
    assert_eq!(early.status.code(), Some(3));
    assert!(
        said(&early).contains("1 of 5 shards are missing: 2"),
        "{}",
        said(&early)
    );
    assert!(!batch.file("run/features.csv").exists());
    let before = fs::metadata(batch.data(0)).unwrap().modified().unwrap();
    assert!(said(&batch.shard(0)).contains("done before"));
    assert_eq!(fs::metadata(batch.data(0)).unwrap().modified().unwrap(), before);
    assert!(batch.shard(2).status.success());
    batch.assert_equal();
    let status = batch.status();
    let expected = [("shards", 5), ("done", 5), ("invalid", 0), ("rows", 31), ("errors", 5)];
    for (key, number) in expected {
        assert_eq!(status[key], number, "{key} of {status}");
    }
    // Other formats take the same rows.
    let json = radscore(&["merge", &batch.run(), "-o", &batch.text("merged.json")]);
    assert_eq!(json.status.code(), Some(1), "{}", said(&json));
    radscore(&[
        "extract",
        &batch.text("cases.csv"),
        "-o",
        &batch.text("alone.json"),
        "-v",
        "1",
    ]);
    assert!(fs::read(batch.file("merged.json")).unwrap() == fs::read(batch.file("alone.json")).unwrap());
}

#[test]
fn two_writers_of_a_shard_harm_nobody() {
    let batch = Batch::new(30);
    for shard in 0..SHARDS {
        let writers = [batch.start(shard), batch.start(shard), batch.start(shard)];
        for writer in writers {
            let ended = writer.wait_with_output().unwrap();
            assert!(ended.status.success(), "{}", said(&ended));
        }
    }
    batch.assert_equal();
    // Nothing of the attempts is left.
    let left: Vec<_> = fs::read_dir(batch.file("run/parts/0")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let names: Vec<String> = fs::read_dir(batch.file("run/shards/0"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2 * SHARDS, "{names:?}");
}

#[test]
fn data_that_are_not_those_of_their_marker_are_written_again_with_the_same_bytes() {
    let batch = Batch::new(12);
    for shard in 0..SHARDS {
        assert!(batch.shard(shard).status.success());
    }
    let kept = fs::read(batch.data(1)).unwrap();
    let marker = fs::read(batch.marker(1)).unwrap();
    let changed = String::from_utf8(kept).unwrap().replacen("Number", "Text", 1);
    fs::write(batch.data(1), &changed).unwrap();
    let other = batch.shard(1);
    assert!(other.status.success(), "{}", said(&other));
    // Its data were not those of the marker, so the shard was done again: with the same bytes as at first.
    assert_ne!(fs::read_to_string(batch.data(1)).unwrap(), changed);
    let again: Value = serde_json::from_slice(&fs::read(batch.marker(1)).unwrap()).unwrap();
    let before: Value = serde_json::from_slice(&marker).unwrap();
    assert_eq!(again["sha256"], before["sha256"]);
    assert_ne!(again["attempt"], before["attempt"]);
    batch.assert_equal();
}

#[test]
fn what_is_damaged_is_done_again_and_nothing_else() {
    let batch = Batch::new(30);
    for shard in 0..SHARDS {
        assert!(batch.shard(shard).status.success());
    }
    let untouched = fs::read(batch.marker(4)).unwrap();
    // Cut off, with a digit changed, without its data, with a marker of another run.
    let data = fs::read(batch.data(0)).unwrap();
    fs::write(batch.data(0), &data[..data.len() / 2]).unwrap();
    let data = fs::read_to_string(batch.data(1)).unwrap();
    let at = data.find("\"Number\":\"").unwrap() + 10;
    let digit = if data[at..].starts_with('7') { "8" } else { "7" };
    fs::write(batch.data(1), format!("{}{digit}{}", &data[..at], &data[at + 1..])).unwrap();
    fs::remove_file(batch.data(2)).unwrap();
    let marker = fs::read_to_string(batch.marker(3)).unwrap();
    let mut foreign: Value = serde_json::from_str(&marker).unwrap();
    foreign["fingerprint"] = "another".into();
    fs::write(batch.marker(3), foreign.to_string()).unwrap();
    let merged = batch.merge();
    assert_eq!(merged.status.code(), Some(3));
    assert!(
        said(&merged).contains("4 of 5 shards are missing: 0-3"),
        "{}",
        said(&merged)
    );
    assert!(
        said(&merged).contains("shard 1: its data are not those that were written"),
        "{}",
        said(&merged)
    );
    let refused = radscore(&["submit", &batch.run(), "--engine", "local"]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("--resume"), "{}", said(&refused));
    let resumed = radscore(&["submit", &batch.run(), "--engine", "local", "--resume"]);
    assert_eq!(resumed.status.code(), Some(1), "{}", said(&resumed));
    assert!(!said(&resumed).contains("shard 4"), "{}", said(&resumed));
    assert_eq!(fs::read(batch.marker(4)).unwrap(), untouched);
    batch.assert_equal();
    let ended = radscore(&["cancel", &batch.run()]);
    assert!(
        ended.status.success() && said(&ended).contains("every shard of this run is done"),
        "{}",
        said(&ended)
    );
    let complete = radscore(&["submit", &batch.run(), "--engine", "local", "--resume"]);
    assert!(
        complete.status.success() && said(&complete).contains("nothing is missing"),
        "{}",
        said(&complete)
    );
}

/// What an attempt has finished is in its journal: the next one takes it over, and only what is whole and of the same question.
#[test]
fn a_killed_attempt_loses_no_case_that_it_had_finished() {
    let batch = Batch::new(40);
    let part = || -> Option<PathBuf> {
        let mut parts = fs::read_dir(batch.file("run/parts/0")).ok()?;
        Some(parts.next()?.unwrap().path())
    };
    let mut first = batch.start(0);
    // As soon as a few cases are done it is killed, wherever it is.
    let rows = || {
        part().map_or(0, |part| {
            fs::read_to_string(part).unwrap_or_default().matches("\"Case\"").count()
        })
    };
    while rows() < 3 && first.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let taken = part().expect("the killed attempt has left its journal");
    let finished = rows();
    assert!(finished >= 3);
    assert!(!batch.marker(0).exists());
    // A torn line behind it, and a journal of another question.
    let mut text = fs::read_to_string(&taken).unwrap();
    fs::write(
        taken.with_file_name("000000.other.part"),
        text.replace("\"entry\":{\"Run\":\"", "\"entry\":{\"Run\":\"0"),
    )
    .unwrap();
    text.push_str("{\"key\":\"case 1\",\"entry\":{\"Ca");
    fs::write(&taken, text).unwrap();
    let log = batch.text("log");
    let second = radscore(&["extract", "--run", &batch.run(), "--shard", "0", "--log-file", &log]);
    assert!(second.status.success(), "{}", said(&second));
    for shard in 1..SHARDS {
        assert!(batch.shard(shard).status.success());
    }
    batch.assert_equal();
    assert!(part().is_none(), "the merge has swept what attempts left");
}

#[test]
#[cfg(unix)]
fn the_run_folder_is_its_owners_alone_and_other_folders_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let batch = Batch::new(8);
    let mode = fs::metadata(batch.file("run")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let again = batch.plan("run");
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("there is something already"), "{}", said(&again));
    for arguments in [
        vec!["merge", "nowhere"],
        vec!["submit", "nowhere"],
        vec!["cancel", "nowhere"],
        vec!["extract", "--run", "nowhere", "--shard", "0"],
    ] {
        let refused = radscore(&arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(said(&refused).contains("no run folder"), "{}", said(&refused));
    }
    let run = batch.run();
    for (arguments, words) in [
        (vec!["extract", "--run", &run, "--shard", "5"], "from 0 to 4"),
        (vec!["extract", "--run", &run], "--shard"),
        (
            vec!["extract", "--run", &run, "--shard", "0", "--skip-nans"],
            "--skip-nans",
        ),
        (vec!["extract", "--run", &run, "--shard", "0", "-o", "x.csv"], "--out"),
        (
            vec!["extract", "--run", &run, "--shard", "0", "--sheet", "1"],
            "--sheet",
        ),
        (vec!["status", &run, "--set", "a=b"], "a run stands as it was planned"),
        (
            vec!["submit", &run, "--engine", "script", "--mem", "1G"],
            "--mem is for --engine slurm",
        ),
    ] {
        let refused = radscore(&arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", said(&refused));
        assert!(said(&refused).contains(words), "{arguments:?}: {}", said(&refused));
    }
    // The list of cases was changed after it was planned.
    let cases = batch.file("run/cases.jsonl");
    let text = fs::read_to_string(&cases).unwrap().replace("patient 1", "patient 2");
    fs::write(&cases, text).unwrap();
    let changed: Vec<Output> = (0..SHARDS).map(|shard| batch.shard(shard)).collect();
    let refused = changed.iter().filter(|output| output.status.code() == Some(2)).count();
    assert!(
        refused >= 1
            && changed
                .iter()
                .any(|output| said(output).contains("not those that were planned"))
    );
}

/// A file that cannot be read for now is no error of its case yet: the shard asks to be tried again, three times.
#[test]
#[cfg(unix)]
fn a_trouble_that_may_pass_asks_for_another_try() {
    let batch = Batch::new(12);
    // A link that leads to itself cannot be opened, and neither is it gone.
    let image = batch.file("image010.nrrd");
    fs::remove_file(&image).unwrap();
    std::os::unix::fs::symlink(&image, &image).unwrap();
    let cases = fs::read_to_string(batch.file("run/cases.jsonl")).unwrap();
    let shards: Value = serde_json::from_slice(&fs::read(batch.file("run/run.json")).unwrap()).unwrap();
    let at = cases.find("image010").unwrap() as u64;
    let shard = shards["shards"]
        .as_array()
        .unwrap()
        .iter()
        .position(|slice| {
            let start = slice["start"].as_u64().unwrap();
            (start..start + slice["length"].as_u64().unwrap()).contains(&at)
        })
        .unwrap();
    for _ in 0..3 {
        let again = batch.shard(shard);
        assert_eq!(again.status.code(), Some(75), "{}", said(&again));
        assert!(!batch.marker(shard).exists());
    }
    let last = batch.shard(shard);
    assert!(last.status.success(), "{}", said(&last));
    let resumed = radscore(&["submit", &batch.run(), "--engine", "local", "--resume"]);
    assert_eq!(resumed.status.code(), Some(1), "{}", said(&resumed));
    assert_eq!(batch.status()["passing"], 1);
    // The trouble has passed: the shard is done again, and the table is the other one's.
    fs::remove_file(&image).unwrap();
    fs::copy(golden("images/tiny_image.nrrd"), &image).unwrap();
    let resumed = radscore(&["submit", &batch.run(), "--engine", "local", "--resume"]);
    assert_eq!(resumed.status.code(), Some(1), "{}", said(&resumed));
    assert_eq!(batch.status()["passing"], 0);
    batch.assert_equal();
}

/// A full disk: the job is to be held, and goes on when there is room.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_asks_to_be_held() {
    let batch = Batch::new(12);
    // Where the journals are, there is next to no room.
    let parts = batch.file("run/parts");
    fs::create_dir_all(parts.join("0")).unwrap();
    let disk = batch.file("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "none"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        eprintln!("not tested: this user may not mount a small disk");
        return;
    }
    let unmount = || Command::new("umount").arg(&disk).status().unwrap();
    fs::remove_dir_all(&parts).unwrap();
    std::os::unix::fs::symlink(&disk, &parts).unwrap();
    let held = batch.shard(0);
    let (code, words) = (held.status.code(), said(&held));
    fs::remove_file(&parts).unwrap();
    fs::create_dir(&parts).unwrap();
    unmount();
    assert_eq!(code, Some(73), "{words}");
    for shard in 0..SHARDS {
        assert!(batch.shard(shard).status.success());
    }
    batch.assert_equal();
}

#[test]
fn a_run_of_many_shards_is_several_arrays_within_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut table = "Image,Mask,Secret\n".to_owned();
    for case in 0..1100 {
        table.push_str(&format!("i{case}.nrrd,m{case}.nrrd,Müller-{case}\n"));
    }
    fs::write(folder.path().join("cases.csv"), table).unwrap();
    let planned = radscore(&[
        "plan",
        &path("cases.csv"),
        "--out",
        &path("run"),
        "--shards",
        "1100",
        "--json",
    ]);
    assert!(planned.status.success(), "{}", said(&planned));
    let plan: Value = serde_json::from_slice(&planned.stdout).unwrap();
    assert_eq!((&plan["shards"], &plan["rows"]), (&1100.into(), &1100.into()));
    let dry = radscore(&[
        "submit",
        &path("run"),
        "--engine",
        "slurm",
        "--dry-run",
        "--throttle",
        "100",
        "--partition",
        "long",
        "--account",
        "me",
        "--time",
        "1:00:00",
        "--mem",
        "8G",
    ]);
    assert!(dry.status.success(), "{}", said(&dry));
    let text = String::from_utf8(dry.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        lines[0].contains("--array=0-1000%91 ") && lines[0].ends_with("jobs/element.sh 0"),
        "{text}"
    );
    assert!(
        lines[1].contains("--array=0-98%9 ") && lines[1].ends_with("jobs/element.sh 1001"),
        "{text}"
    );
    assert!(lines[2].contains("--dependency=afterany:JOB1:JOB2"), "{text}");
    for option in [
        "--partition=long",
        "--account=me",
        "--time=1:00:00",
        "--mem=8G",
        "--export=NONE",
        "--requeue",
    ] {
        assert!(lines[0].contains(option), "{option}: {text}");
    }
    assert!(!text.contains("ller") && !text.contains("nrrd"), "{text}");
    assert!(!folder.path().join("run/submissions.jsonl").exists());
}

/// The job files of other schedulers: one script, whatever the variable of the index is called.
#[test]
#[cfg(unix)]
fn the_job_files_of_other_schedulers_do_the_shards() {
    let batch = Batch::new(20);
    assert!(batch.shard(2).status.success());
    let written = radscore(&["submit", &batch.run(), "--engine", "script", "--resume"]);
    assert!(written.status.success(), "{}", said(&written));
    let how = String::from_utf8(written.stdout).unwrap();
    for line in ["qsub -J 0-3", "qsub -t 1-4", "[1-4]", "--array 0-3", "seq 0 3"] {
        assert!(how.contains(line), "{line}: {how}");
    }
    assert_eq!(
        fs::read_to_string(batch.file("run/jobs/pending.txt")).unwrap(),
        "0\n1\n3\n4\n"
    );
    let task = |variable: Option<(&str, &str)>, argument: Option<&str>| {
        let mut command = Command::new("sh");
        command.arg(batch.file("run/jobs/task.sh")).args(argument).env_clear();
        command.envs(variable).output().unwrap()
    };
    let done = |shard: usize| batch.marker(shard).exists();
    assert!(task(Some(("PBS_ARRAY_INDEX", "0")), None).status.success() && done(0));
    assert!(task(Some(("SGE_TASK_ID", "2")), None).status.success() && done(1));
    assert!(task(Some(("LSB_JOBINDEX", "3")), None).status.success() && done(3));
    assert!(!done(4));
    assert_eq!(task(None, Some("4")).status.code(), Some(2));
    assert!(task(Some(("HQ_TASK_ID", "3")), None).status.success() && done(4));
    batch.assert_equal();
    let batch = Batch::new(8);
    let written = radscore(&["submit", &batch.run(), "--engine", "nextflow"]);
    assert!(written.status.success(), "{}", said(&written));
    let pipeline = fs::read_to_string(batch.file("run/jobs/radscore.nf")).unwrap();
    assert!(
        pipeline.contains("Channel.of(0..4)") && !pipeline.contains('@'),
        "{pipeline}"
    );
}

#[test]
fn the_estimate_says_what_is_measured_and_that_one_node_would_do() {
    let batch = Batch::new(8);
    let planned = radscore(&[
        "plan",
        &batch.text("cases.csv"),
        "--out",
        &batch.text("other"),
        "--measure",
        "2",
        "--cpus",
        "4",
        "--bandwidth",
        "0.5",
    ]);
    let text = String::from_utf8(planned.stdout).unwrap();
    assert!(
        text.contains("2 cases were timed") && text.contains("on 4 cores"),
        "{text}"
    );
    assert!(text.contains("One node of 4 cores would do"), "{text}");
    let costly = radscore(&[
        "plan",
        &batch.text("cases.csv"),
        "--out",
        &batch.text("costly"),
        "--seconds-per-case",
        "72000",
    ]);
    let text = String::from_utf8(costly.stdout).unwrap();
    assert!(
        text.contains("180.00 core-hours") && text.contains("--engine slurm"),
        "{text}"
    );
}
