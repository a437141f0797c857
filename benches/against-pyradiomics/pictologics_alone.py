"""How long pictologics takes for its features alone: run.py starts this in pictologics' environment.

    python pictologics_alone.py IMAGE MASK REPEATS

Its features are those of the IBSI, not PyRadiomics'; of its families those that have a like in PyRadiomics are taken, with
bins of 25. Its code is compiled before the clock starts. Printed is the least CPU time in seconds, of all its threads.
"""

import sys
import time

from pictologics import RadiomicsPipeline, load_image


def main(image_path, mask_path, repeats):
    pipeline = RadiomicsPipeline()
    pipeline.add_config("like", [
        {"step": "discretise", "params": {"method": "FBS", "bin_width": 25.0, "min_val": -1000.0}},
        {"step": "extract_features", "params": {"families": ["intensity", "morphology", "texture", "histogram"],
                                                "include_spatial_intensity": False, "include_local_intensity": False}},
    ])
    image, mask = load_image(image_path), load_image(mask_path)
    least = float("inf")
    for _ in range(int(repeats) + 1):
        start = time.process_time()
        pipeline.run(image=image, mask=mask, config_names=["like"])
        least = min(least, time.process_time() - start)
    print(least)


main(*sys.argv[1:])
