#!/bin/sh
# One shard of a run of radscore. Its number is that of the element of the job array, and the offset of this array.
shard=$((SLURM_ARRAY_TASK_ID + ${1:-0}))
element="${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
@BINARY@ extract --run . --shard "$shard" --jobs "${SLURM_CPUS_PER_TASK:-1}" --quiet
code=$?
case $code in
  # A file server was away: try again, three times at most.
  75) if [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then scontrol requeue "$element"; fi ;;
  # No room is left: hold it until somebody has made some, then: scontrol release JOB
  73) scontrol requeuehold "$element" ;;
esac
exit "$code"
