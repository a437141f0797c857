//! Missing values filled several times, and what several fits say together.

pub mod chained;
pub mod pool;
