//! The engines that do the shards of a run; all are others'. None is asked whether a shard is done.

pub mod command;
pub mod ledger;
pub mod queue;
pub mod script;
pub mod slurm;
