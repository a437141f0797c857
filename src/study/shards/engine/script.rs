//! Job files for other schedulers: PBS, SGE, LSF, HyperQueue, GNU parallel and Nextflow differ in one variable, that of the
//! index. They are written, and submitted by whoever knows the site.

use std::path::Path;

use crate::study::shards::plan::Plan;

/// What a task runs.
const TASK: &str = include_str!("task.sh");
/// What an existing Nextflow runs.
const NEXTFLOW: &str = include_str!("radscore.nf");

/// A path as one word of a shell.
pub(super) fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', "'\\''"))
}

/// The script of a task: the index is its argument, or the scheduler's variable.
pub fn task(run: &Path, binary: &Path) -> String {
    TASK.replace("@BINARY@", &quoted(binary)).replace("@RUN@", &quoted(run))
}

/// A pipeline of Nextflow for so many tasks.
pub fn nextflow(plan: &Plan, tasks: usize, binary: &Path) -> String {
    NEXTFLOW
        .replace("@CORES@", &plan.estimate.cores.to_string())
        .replace("@LAST@", &tasks.saturating_sub(1).to_string())
        .replace("@BINARY@", &quoted(binary).replace('\\', "\\\\").replace('$', "\\$"))
}

/// How the tasks are submitted, scheduler by scheduler; all commands are given in the run folder.
pub fn how(plan: &Plan, tasks: usize) -> String {
    let (last, cores, name) = (tasks.saturating_sub(1), plan.estimate.cores, plan.job_name());
    // PBS takes an array of one element for a mistake.
    let pbs = if tasks > 1 {
        format!("qsub -J 0-{last} -l select=1:ncpus={cores} jobs/task.sh")
    } else {
        format!("qsub -l select=1:ncpus={cores} jobs/task.sh")
    };
    [
        ("PBS", pbs),
        (
            "SGE",
            format!("qsub -t 1-{tasks} -pe smp {cores} -S /bin/sh jobs/task.sh"),
        ),
        (
            "LSF",
            format!("bsub -J \"{name}[1-{tasks}]\" -n {cores} sh jobs/task.sh"),
        ),
        (
            "HyperQueue",
            format!("hq submit --array 0-{last} --cpus {cores} sh jobs/task.sh"),
        ),
        (
            "GNU parallel",
            format!("seq 0 {last} | parallel --jobs 1 sh jobs/task.sh {{}}"),
        ),
    ]
    .map(|(engine, line)| format!("{engine:<13} {line}\n"))
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_whatever_it_holds() {
        assert_eq!(quoted(Path::new("/a b/it's $x")), "'/a b/it'\\''s $x'");
    }
}
