//! `radscore-fuzz TARGET SECONDS [SEED]`: mutates the seeds of a target and hands each mutant to its reader.
//!
//! A plain harness that runs on stable Rust. Mutants are drawn by a seeded generator, so that a run can be repeated; the mutant
//! at hand always lies in `found/TARGET.now`, so that one that ends the process is not lost. Findings are copied to
//! `found/TARGET-KIND-NUMBER`.

mod mutate;
mod seeds;
mod targets;

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a reader may take for one file, in milliseconds: a second of the optimised program, of which this build, with its
/// checks, takes about ten.
const HANG: u64 = 10_000;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), seconds) = (arguments.next(), arguments.next()) else {
        eprintln!("radscore-fuzz TARGET SECONDS [SEED]; targets: {}", targets::names().join(", "));
        return ExitCode::from(2);
    };
    let seconds: u64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let Some(target) = targets::target(&name) else {
        eprintln!("there is no target {name}; there are {}", targets::names().join(", "));
        return ExitCode::from(2);
    };
    let found = PathBuf::from("found");
    fs::create_dir_all(&found).expect("found/ can be made");
    let now = found.join(format!("{name}.now{}", target.ending));
    let seeds = seeds::of(&name);
    let mut random = mutate::Random::new(seed);
    let begun = Instant::now();
    watch(&name, &now, begun);
    panic::set_hook(Box::new(|_| {}));
    let (mut executions, mut panics) = (0u64, 0u64);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let mutant = mutate::mutant(&seeds, &mut random, target.text);
        fs::write(&now, &mutant).expect("the mutant can be written");
        START.store(begun.elapsed().as_millis() as u64 + 1, Ordering::SeqCst);
        let ended = panic::catch_unwind(AssertUnwindSafe(|| (target.read)(&now)));
        START.store(0, Ordering::SeqCst);
        executions += 1;
        if ended.is_err() {
            panics += 1;
            if panics <= 20 {
                let _ = fs::copy(&now, found.join(format!("{name}-panic-{seed}-{executions}{}", target.ending)));
            }
        }
    }
    let _ = fs::remove_file(&now);
    println!("{name}: {executions} executions in {seconds} s, {panics} panics");
    if panics > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// When the reader at work began, in milliseconds since the start, plus 1; 0 between two files.
static START: AtomicU64 = AtomicU64::new(0);

/// Ends the process, and keeps the mutant, where a reader takes too long.
fn watch(name: &str, now: &std::path::Path, begun: Instant) {
    let (name, now) = (name.to_owned(), Arc::new(now.to_owned()));
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(50));
            let start = START.load(Ordering::SeqCst);
            if start > 0 && begun.elapsed().as_millis() as u64 > start + HANG {
                let kept = now.with_file_name(format!("{name}-hang-{start}"));
                let _ = fs::copy(&*now, &kept);
                println!("{name}: a reader took more than {HANG} ms: {}", kept.display());
                std::process::exit(1);
            }
        }
    });
}
