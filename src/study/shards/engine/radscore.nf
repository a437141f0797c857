// The shards of a run of radscore, for Nextflow: nextflow run jobs/radscore.nf
// 75 means that the shard may succeed when it is tried again.
nextflow.enable.dsl = 2

process shard {
    cpus @CORES@
    errorStrategy { task.exitStatus == 75 ? 'retry' : 'finish' }
    maxRetries 3

    input:
    val index

    output:
    val index

    script:
    """
    sh "${projectDir}/task.sh" ${index}
    """
}

process merge {
    input:
    val indices

    script:
    """
    @BINARY@ merge "${projectDir}/.."
    """
}

workflow {
    shard(Channel.of(0..@LAST@)) | collect | merge
}
