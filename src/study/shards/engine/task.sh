#!/bin/sh
# One shard of a run of radscore. The index is the argument, or the variable of the scheduler; it counts the lines of
# pending.txt from 0 (SGE and LSF count from 1), where the shards stand that were to be done when this file was written.
cd @RUN@ || exit 75
index=${1:-${PBS_ARRAY_INDEX:-${HQ_TASK_ID:-${SLURM_ARRAY_TASK_ID:-}}}}
if [ -z "$index" ]; then
  case ${SGE_TASK_ID:-undefined} in
    undefined) index=$((${LSB_JOBINDEX:-1} - 1)) ;;
    *) index=$((SGE_TASK_ID - 1)) ;;
  esac
fi
shard=$(sed -n "$((index + 1))p" jobs/pending.txt)
if [ -z "$shard" ]; then
  echo "there is no task $index" >&2
  exit 2
fi
exec @BINARY@ extract --run . --shard "$shard" --quiet
