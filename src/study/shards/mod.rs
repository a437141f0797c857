//! A large batch in parts that any machine can do: the run folder, what of it is done, and the engines that others have.
//!
//! A part (shard) is a pure function of its slice of the cases; what came of it is one immutable file with a marker that holds
//! its checksum. Whether a part is done is decided by these two files alone, never by what a scheduler says: so a part may be
//! lost, repeated or done twice at the same time, and nothing else has to be right. Placement, limits, restarts and
//! dependencies are the scheduler's (Slurm's job arrays first).
//!
//! Nothing here knows what a case is: the lines of the slices and of the results are whoever's who plans and does the work.

pub mod attempt;
pub mod balance;
pub mod engine;
pub mod estimate;
pub mod folder;
pub mod numbers;
pub mod plan;
pub mod publish;
pub mod standing;
