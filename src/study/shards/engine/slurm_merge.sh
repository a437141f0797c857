#!/bin/sh
# Puts the rows of all shards together; where some are missing they are named in the log.
@BINARY@ merge . --wait 90
