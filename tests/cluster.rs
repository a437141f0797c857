//! A run on a real Slurm: three nodes on this machine, started by the scripts in `../shared/slurm`. Nodes are lost, the controller
//! is killed, jobs are cancelled, a disk is full; the merged table is that of one machine, byte for byte.
//!
//! What is to be disturbed is half-way when it happens, however fast the machine is: as many cases are taken as keep this one busy
//! for [`LASTING`], and a task that has finished a case is stopped (SIGSTOP) until the disturbance is there.
//!
//! Where Slurm (slurmctld, slurmd, its client, munge) or those scripts are not there, the tests are reported as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

/// How many nodes there are, of two processors each.
const NODES: usize = 3;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(4);

/// How long this machine has to do with the cases of a run that is disturbed.
const LASTING: Duration = Duration::from_secs(8);

/// What makes these cases dearer than the table that is made of them.
const SLOW: [&str; 2] = ["-s", "resampledPixelSpacing:0.8,0.8,0.8"];

type Test = fn(&Cluster);

const TESTS: [(&str, Test); 7] = [
    ("two_thousand_cases_in_forty_shards", two_thousand_cases_in_forty_shards),
    ("a_node_loses_its_power", a_node_loses_its_power),
    (
        "a_node_is_cut_off_and_two_write_one_shard",
        a_node_is_cut_off_and_two_write_one_shard,
    ),
    ("the_controller_is_killed", the_controller_is_killed),
    ("cancelled_half_way_and_damaged", cancelled_half_way_and_damaged),
    ("a_full_disk_holds_the_jobs", a_full_disk_holds_the_jobs),
    (
        "a_studys_robustness_in_twenty_shards",
        a_studys_robustness_in_twenty_shards,
    ),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cluster = if arguments.list { None } else { Cluster::start() };
    if cluster.is_none() && !arguments.list {
        eprintln!(
            "{} tests on a cluster are ignored: Slurm (slurmctld, slurmd, slurm-client, munge) or ../shared/slurm is not here",
            TESTS.len()
        );
    }
    // One after the other: each has the cluster to itself.
    static CLUSTER: Mutex<Option<Cluster>> = Mutex::new(None);
    let there = cluster.is_some();
    *CLUSTER.lock().unwrap() = cluster;
    let trials = TESTS
        .iter()
        .map(|&(name, test)| {
            Trial::test(name, move || {
                let cluster = CLUSTER.lock().unwrap_or_else(PoisonError::into_inner);
                match &*cluster {
                    Some(cluster) => {
                        cluster.clear();
                        test(cluster);
                        Ok(())
                    }
                    None => Err(Failed::from("there is no Slurm here")),
                }
            })
            .with_ignored_flag(!there)
        })
        .collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(CLUSTER.lock().unwrap_or_else(PoisonError::into_inner).take());
    conclusion.exit_code()
}

/// The cluster on this machine.
struct Cluster {
    folder: tempfile::TempDir,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.script("stop-test-cluster.sh", &[]);
    }
}

impl Cluster {
    fn start() -> Option<Self> {
        let cluster = Self {
            folder: tempfile::Builder::new().prefix("slurm").tempdir().ok()?,
        };
        cluster.up().then_some(cluster)
    }

    fn up(&self) -> bool {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/slurm");
        scripts.exists() && self.script("start-test-cluster.sh", &["-n", &NODES.to_string(), "-l", "3600"])
    }

    /// Brings back what was lost.
    fn repair(&self) {
        assert!(self.up(), "the cluster does not come up again; {}", self.health());
    }

    /// A whole cluster with nothing to do: whatever a test has left there is no matter of the next one.
    fn clear(&self) {
        self.resume();
        self.repair();
        for line in self.text("squeue", &["--noheader", "--format=%A"]).lines() {
            self.run("scancel", &[line.trim()]);
        }
        self.until("every node is idle and the queue is empty", || {
            let nodes = self.text("sinfo", &["--noheader", "--Node", "--format=%T"]);
            let queue = self.run("squeue", &["--noheader", "--format=%i"]);
            nodes.lines().count() == NODES
                && nodes.lines().all(|state| state.trim() == "idle")
                && queue.status.success()
                && queue.stdout.is_empty()
        });
    }

    /// Takes back into use the nodes that Slurm has set aside, an administrator's part; whether there were any.
    fn resume(&self) -> bool {
        let nodes = self.text("sinfo", &["--noheader", "--Node", "--format=%N %T"]);
        let set_aside: Vec<&str> = nodes
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(_, state)| state.starts_with("drain"))
            .map(|(node, _)| node)
            .collect();
        if !set_aside.is_empty() {
            let nodes = format!("NodeName={}", set_aside.join(","));
            self.run("scontrol", &["update", &nodes, "State=RESUME"]);
        }
        !set_aside.is_empty()
    }

    /// What Slurm says of itself.
    fn health(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log/slurmctld.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let asked = [
            ("sinfo", &["--Node", "--format=%N %T %E"][..]),
            ("squeue", &["--format=%i %j %T %r %N %M"][..]),
        ];
        let answers = asked.map(|(program, arguments)| {
            let output = self.run(program, arguments);
            let (out, error) = (String::from_utf8_lossy(&output.stdout), said(&output));
            format!("{program}:\n{out}{error}")
        });
        format!(
            "{}its controller said last:\n{}",
            answers.concat(),
            lines[lines.len().saturating_sub(20)..].join("\n")
        )
    }

    /// Waits for what has to come; where it does not, what Slurm says of itself is told.
    fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}; {}", self.health());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn script(&self, name: &str, options: &[&str]) -> bool {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/slurm").join(name);
        // A file, for daemons keep what they were started with: a pipe would not end.
        let words = self.folder.path().join("script.log");
        let ended = Command::new("bash")
            .arg(path)
            .args(options)
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&words).unwrap())
            .status()
            .is_ok_and(|status| status.success());
        if !ended {
            let words = fs::read_to_string(words).unwrap_or_default();
            eprintln!("{name} {}: {}", options.join(" "), words.trim_end());
        }
        ended
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        Command::new(program)
            .args(arguments)
            .env("SLURM_CONF", self.folder.path().join("slurm.conf"))
            // What a user has set for himself must not change what is read.
            .env("SQUEUE_FORMAT", "%i only")
            .env("SBATCH_PARTITION", "nowhere")
            .output()
            .unwrap()
    }

    fn text(&self, program: &str, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.run(program, arguments).stdout).into_owned()
    }

    fn radscore(&self, arguments: &[&str]) -> Output {
        self.run(env!("CARGO_BIN_EXE_radscore"), arguments)
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A task: a process that does a shard.
#[derive(Debug, Clone)]
struct Task {
    process: u32,
    shard: usize,
    node: String,
}

impl Task {
    /// Whether it was there to take the signal.
    fn signal(&self, name: &str) -> bool {
        Command::new("kill")
            .args([&format!("-{name}"), &self.process.to_string()])
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    }

    fn runs(&self) -> bool {
        let state = fs::read_to_string(format!("/proc/{}/stat", self.process)).unwrap_or_default();
        // What has ended and was not waited for is still listed.
        state
            .rsplit(')')
            .next()
            .is_some_and(|rest| !rest.trim().is_empty() && !rest.trim().starts_with('Z'))
    }
}

/// A planned run, and the table that one machine makes of its cases.
struct Run<'a> {
    cluster: &'a Cluster,
    folder: tempfile::TempDir,
    shards: usize,
}

impl<'a> Run<'a> {
    fn new(cluster: &'a Cluster, cases: usize, shards: usize, settings: &[&str]) -> Self {
        let run = Self {
            cluster,
            folder: tempfile::tempdir().unwrap(),
            shards,
        };
        run.alone(cases, settings);
        let (table, path, count) = (run.text("cases.csv"), run.path(), shards.to_string());
        let planning = ["plan", &table, "--out", &path, "--cpus", "1", "--shards", &count];
        let output = cluster.radscore(&[&planning, settings].concat());
        assert!(output.status.success(), "{}", said(&output));
        run
    }

    /// As many cases as keep this machine busy for [`LASTING`]: however many tasks there are, all of them are done by its
    /// processors, so that nobody is done before that.
    fn lasting(cluster: &'a Cluster, shards: usize) -> Self {
        let probe = Self {
            cluster,
            folder: tempfile::tempdir().unwrap(),
            shards,
        };
        let few = 4 * shards;
        let took = probe.alone(few, &SLOW).as_secs_f64();
        let cases = (LASTING.as_secs_f64() / took * few as f64).ceil() as usize;
        Self::new(cluster, cases.clamp(few, 4000), shards, &SLOW)
    }

    /// Makes the cases and the table that one machine makes of them; how long that took.
    fn alone(&self, cases: usize, settings: &[&str]) -> Duration {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/radiomics/images");
        let mut table = "ID,Image,Mask,Label\n".to_owned();
        for case in 0..cases {
            let image = self.file(&format!("PATIENT{case}.nrrd"));
            fs::copy(golden.join("tiny_image.nrrd"), &image).unwrap();
            let label = if case % 97 == 5 { 9 } else { 1 };
            let mask = golden.join("tiny_mask.nrrd");
            table.push_str(&format!(
                "PATIENT{case},{},{},{label}\n",
                image.display(),
                mask.display()
            ));
        }
        fs::write(self.file("cases.csv"), table).unwrap();
        let (table, alone) = (self.text("cases.csv"), self.text("alone.csv"));
        let begun = Instant::now();
        let output = self
            .cluster
            .radscore(&[&["extract", &table, "-o", &alone, "-v", "1"], settings].concat());
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        begun.elapsed()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    fn path(&self) -> String {
        self.text("run")
    }

    fn submit(&self, options: &[&str]) -> String {
        let path = self.path();
        let output = self
            .cluster
            .radscore(&[&["submit", &path, "--engine", "slurm"], options].concat());
        assert!(output.status.success(), "{}", said(&output));
        said(&output)
    }

    fn status(&self) -> Value {
        let output = self.cluster.radscore(&["status", &self.path(), "--json"]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
    }

    fn done(&self) -> usize {
        usize::try_from(self.status()["done"].as_u64().unwrap()).unwrap()
    }

    fn marker(&self, shard: usize) -> PathBuf {
        self.file(&format!("run/shards/0/{shard:06}.ok"))
    }

    fn markers(&self) -> BTreeMap<usize, Value> {
        (0..self.shards)
            .filter_map(|shard| {
                let text = fs::read(self.marker(shard)).ok()?;
                Some((shard, serde_json::from_slice(&text).ok()?))
            })
            .collect()
    }

    /// Waits until nothing of the run is in the queue.
    fn drained(&self) {
        self.cluster.until("the queue is empty", || self.queue_is_empty());
    }

    /// Nothing of the run is in the queue any more.
    fn queue_is_empty(&self) -> bool {
        let plan: Value = serde_json::from_slice(&fs::read(self.file("run/run.json")).unwrap()).unwrap();
        let name = format!("--name=radscore-{}", plan["id"].as_str().unwrap());
        let output = self.cluster.run("squeue", &["--noheader", "--format=%i", &name]);
        output.status.success() && output.stdout.is_empty()
    }

    /// The tasks that run and have finished a case.
    fn half_way(&self) -> Vec<Task> {
        let path = fs::canonicalize(self.path()).unwrap();
        let parts = fs::read_dir(self.file("run/parts/0")).into_iter().flatten();
        parts
            .filter_map(|part| {
                // A journal and its process may go while they are looked at.
                let part = part.unwrap();
                let text = fs::read_to_string(part.path()).ok()?;
                let name = part.file_name().into_string().unwrap();
                // SHARD.NODE.JOB.RESTART.PROCESS.TIME.part
                let attempt: Vec<&str> = name.split('.').collect();
                let &[shard, node, _, _, process, _, "part"] = attempt.as_slice() else {
                    return None;
                };
                let runs = fs::read_link(format!("/proc/{process}/cwd")).ok()? == path;
                (runs && text.contains("\"Case\"")).then(|| Task {
                    process: process.parse().unwrap(),
                    shard: shard.parse().unwrap(),
                    node: node.to_owned(),
                })
            })
            .collect()
    }

    /// Stops so many tasks half-way, of those that are `wanted`: each has finished a case and has not published its shard.
    fn hold(&self, count: usize, wanted: impl Fn(&Task) -> bool) -> Vec<Task> {
        let mut held: Vec<Task> = Vec::new();
        self.cluster.until("tasks are half-way", || {
            for task in self.half_way().into_iter().filter(&wanted) {
                let known = held.iter().any(|other| other.process == task.process);
                if known || held.len() >= count || !task.signal("STOP") {
                    continue;
                }
                if self.marker(task.shard).exists() {
                    task.signal("CONT");
                } else {
                    held.push(task);
                }
            }
            assert!(
                held.len() >= count || self.done() < self.shards,
                "all shards were done before {count} tasks could be stopped: {LASTING:?} of work are too little here"
            );
            held.len() >= count
        });
        held
    }

    fn assert_equal(&self) {
        let merged = self.file("run/features.csv");
        assert!(merged.exists(), "no table was merged: {}", self.status());
        let (alone, merged) = (fs::read(self.file("alone.csv")).unwrap(), fs::read(merged).unwrap());
        assert!(alone == merged, "the merged table differs from that of one machine");
        let left = fs::read_dir(self.file("run/shards/0")).unwrap().count();
        assert_eq!(left, 2 * self.shards, "something is left beside the results");
    }

    /// The job that merges has come to its end, and all is well.
    fn finish(&self) {
        self.drained();
        if self.done() < self.shards {
            // A requeue may be lost with a node: what is missing is submitted again.
            self.submit(&["--resume"]);
            self.drained();
        }
        if !self.file("run/features.csv").exists() {
            // So may the job that merges.
            let merged = self.cluster.radscore(&["merge", &self.path()]);
            // Some cases fail.
            assert_eq!(merged.status.code(), Some(1), "{}", said(&merged));
        }
        self.assert_equal();
    }

    /// Lets the elements go on that Slurm holds.
    fn release(&self) {
        let submissions = fs::read_to_string(self.file("run/submissions.jsonl")).unwrap();
        let submission: Value = serde_json::from_str(submissions.lines().last().unwrap()).unwrap();
        let job = submission["arrays"][0]["job"].as_str().unwrap();
        let released = self.cluster.run("scontrol", &["release", job]);
        assert!(released.status.success(), "{}", said(&released));
    }

    fn restarts(&self) -> u64 {
        let markers = self.markers();
        markers
            .values()
            .map(|marker| marker["attempt"]["restart"].as_u64().unwrap())
            .sum()
    }
}

fn two_thousand_cases_in_forty_shards(cluster: &Cluster) {
    let run = Run::new(cluster, 2000, 40, &[]);
    let begun = Instant::now();
    let dry = cluster.radscore(&["submit", &run.path(), "--dry-run"]);
    let words = run.submit(&["--throttle", "6", "--time", "10"]);
    assert!(words.contains("core-hours") && words.contains("One node"), "{words}");
    // Who looks at the queue learns nothing of the patients.
    cluster.until("a shard runs", || !run.half_way().is_empty() || run.done() > 0);
    let seen = [
        cluster.text("squeue", &["--format=%all"]),
        cluster.text("scontrol", &["show", "job"]),
        fs::read_to_string(run.file("run/jobs/element.sh")).unwrap(),
        fs::read_to_string(run.file("run/jobs/merge.sh")).unwrap(),
        String::from_utf8_lossy(&dry.stdout).into_owned(),
    ];
    for text in &seen {
        assert!(
            text.len() > 100 && !text.contains("PATIENT") && !text.contains("nrrd"),
            "{text}"
        );
    }
    // What is in the queue is not submitted twice.
    let again = cluster.radscore(&["submit", &run.path(), "--engine", "slurm"]);
    assert_eq!(again.status.code(), Some(2), "{}", said(&again));
    let status = run.status();
    assert!(status["queue"]["running"].as_u64().unwrap() <= 6, "{status}");
    run.drained();
    let wall = begun.elapsed().as_secs_f64();
    run.assert_equal();
    let markers = run.markers();
    let busy: f64 = markers.values().map(|marker| marker["seconds"].as_f64().unwrap()).sum();
    println!(
        "40 shards, 6 at a time: {wall:.1} s from submission to table; {busy:.1} s in tasks, {:.1} s of slot a shard beside them",
        (6.0 * wall - busy) / 40.0
    );
    let status = run.status();
    assert_eq!((&status["rows"], &status["errors"]), (&2000.into(), &21.into()));
}

fn a_node_loses_its_power(cluster: &Cluster) {
    let run = Run::lasting(cluster, 6);
    run.submit(&[]);
    let lost = run.hold(1, |_| true).remove(0);
    assert!(cluster.script("stop-test-cluster.sh", &["--crash", &lost.node]));
    assert!(!lost.runs(), "a task outlives its node's power");
    run.finish();
    let by = &run.markers()[&lost.shard]["attempt"]["host"];
    assert_ne!(
        by.as_str(),
        Some(&*lost.node),
        "the shard was done by the node that was lost"
    );
    println!("restarts that came to their end: {}", run.restarts());
}

fn a_node_is_cut_off_and_two_write_one_shard(cluster: &Cluster) {
    let run = Run::lasting(cluster, 4);
    run.submit(&[]);
    let first = run.hold(1, |_| true).remove(0);
    assert!(cluster.script("stop-test-cluster.sh", &["--partition", &first.node]));
    assert!(first.runs(), "the task of the node that was cut off is gone");
    // Slurm begins the shard anew elsewhere, while the task of which it knows nothing any more is still there.
    let second = run
        .hold(1, |task| task.shard == first.shard && task.node != first.node)
        .remove(0);
    for task in [&first, &second] {
        assert!(task.signal("CONT"), "{task:?} is gone");
    }
    cluster.until("both have come to their end", || !first.runs() && !second.runs());
    run.finish();
    println!("restarts that came to their end: {}", run.restarts());
}

fn the_controller_is_killed(cluster: &Cluster) {
    let run = Run::lasting(cluster, 10);
    run.submit(&[]);
    let held = run.hold(2, |_| true);
    let process = fs::read_to_string(cluster.folder.path().join("run/slurmctld.pid")).unwrap();
    assert!(
        Command::new("kill")
            .args(["-9", process.trim()])
            .status()
            .unwrap()
            .success()
    );
    // The files say how it stands, the queue does not answer.
    let status = run.status();
    assert_eq!(status["shards"], 10);
    cluster.repair();
    for task in held {
        task.signal("CONT");
    }
    // The controller may know nothing of tasks that began in the seconds before its death, and begins them anew. A node where
    // such a task has not ended yet refuses a job that it has already; it is set aside ("Duplicate jobid") and the job is held.
    let (mut set_aside, mut released) = (false, 0);
    cluster.until("the queue is empty after the controller's death", || {
        set_aside |= cluster.resume();
        let stands = &run.status()["queue"];
        if stands["held"].as_u64().is_some_and(|held| held > 0) {
            run.release();
            released += 1;
        }
        run.queue_is_empty()
    });
    run.finish();
    println!("nodes were set aside: {set_aside}, elements released: {released} times");
}

fn cancelled_half_way_and_damaged(cluster: &Cluster) {
    let run = Run::lasting(cluster, 20);
    run.submit(&["--throttle", "3"]);
    cluster.until("some shards are done", || run.done() >= 4);
    run.hold(3, |_| true);
    let cancelled = cluster.radscore(&["cancel", &run.path()]);
    assert!(cancelled.status.success(), "{}", said(&cancelled));
    run.drained();
    let before = run.markers();
    assert!(before.len() < 20, "nothing was left to cancel");
    let merged = cluster.radscore(&["merge", &run.path()]);
    assert_eq!(merged.status.code(), Some(3), "{}", said(&merged));
    // One of those that are done is cut off.
    let damaged = *before.keys().next().unwrap();
    let data = run.marker(damaged).with_extension("jsonl");
    let bytes = fs::read(&data).unwrap();
    fs::write(&data, &bytes[..bytes.len() - 7]).unwrap();
    assert_eq!(run.status()["invalid"], 1);
    let words = run.submit(&["--resume"]);
    assert!(
        words.contains(&format!("{} shards are in the queue", 21 - before.len())),
        "{words}"
    );
    run.drained();
    run.assert_equal();
    let after = run.markers();
    for (shard, marker) in before.iter().filter(|(shard, _)| **shard != damaged) {
        assert_eq!(&after[shard], marker, "shard {shard} was done again");
    }
    let complete = cluster.radscore(&["submit", &run.path(), "--resume"]);
    assert!(said(&complete).contains("nothing is missing"), "{}", said(&complete));
    assert!(run.queue_is_empty());
}

fn a_full_disk_holds_the_jobs(cluster: &Cluster) {
    let run = Run::new(cluster, 24, 4, &[]);
    let (parts, disk) = (run.file("run/parts"), run.file("disk"));
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "none"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        println!("not tested: this user may not mount a small disk");
        return;
    }
    fs::remove_dir(&parts).unwrap();
    std::os::unix::fs::symlink(&disk, &parts).unwrap();
    run.submit(&[]);
    let begun = Instant::now();
    while run.status()["queue"]["held"] != 4 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(300));
    }
    let held = run.status();
    // There is room again.
    fs::remove_file(&parts).unwrap();
    fs::create_dir(&parts).unwrap();
    assert!(Command::new("umount").arg(&disk).status().unwrap().success());
    assert_eq!(held["queue"]["held"], 4, "{held}");
    run.release();
    run.finish();
}

fn a_studys_robustness_in_twenty_shards(cluster: &Cluster) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut table = "id,patient,outcome,f1,f2,f3,f4\n".to_owned();
    for case in 0..80usize {
        let event = case % 4 / 2;
        let feature =
            |number: usize| (case * (31 + 17 * number) + 7 * number) % 101 + if number < 3 { 30 * event } else { 0 };
        let features: Vec<String> = (1..5).map(|number| feature(number).to_string()).collect();
        table.push_str(&format!("c{case},p{},{event},{}\n", case / 2, features.join(",")));
    }
    fs::write(file("features.csv"), table).unwrap();
    let settings = "features: {file: features.csv, exclude: [patient]}\nselect: {folds: 3, lambda: min}\n\
                    evaluate: {bootstrap: 20}\nrobustness: {resplits: 30, nested_folds: 5, bootstrap: 20}\n";
    fs::write(file("study.yaml"), settings).unwrap();
    let (study, alone, apart) = (file("study.yaml"), file("alone"), file("apart"));
    let output = cluster.radscore(&["run", &study, "--out", &alone, "-q", "--until", "robustness"]);
    assert!(output.status.success(), "{}", said(&output));
    let cut = ["--engine", "slurm", "--shards", "20", "--cpus", "1", "--time", "10"];
    let output = cluster.radscore(&[&["run", &study, "--out", &apart, "--until", "robustness"], &cut[..]].concat());
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("20 shards are in the queue"),
        "{}",
        said(&output)
    );
    cluster.until("the queue is empty", || {
        let queue = cluster.run("squeue", &["--noheader", "--format=%i"]);
        queue.status.success() && queue.stdout.is_empty()
    });
    // The job that merges has gone on with the study.
    for name in ["result.json", "resplits.csv", "frequency.csv"] {
        let [one, other] = [&alone, &apart].map(|out| fs::read(Path::new(out).join("robustness").join(name)));
        let other = other.unwrap_or_else(|error| panic!("robustness/{name}: {error}; {}", cluster.health()));
        assert!(
            one.unwrap() == other,
            "robustness/{name} differs from that of one machine"
        );
    }
}
