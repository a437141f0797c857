"""How long PyRadiomics takes for features alone: run.py starts this in PyRadiomics' environment.

    python pyradiomics_alone.py features|maps IMAGE MASK PARAMS.yaml REPEATS

Images are read before the clock starts. For `features` it runs over the classes of the cropped image and mask, as
`execute` does after its checks; with other image types than the image itself, over their filters too. For `maps` it runs
over `execute`. Printed is the least CPU time in seconds.
"""

import logging
import sys
import time

import radiomics
import SimpleITK
from radiomics import featureextractor, imageoperations


def main(what, image_path, mask_path, params, repeats):
    radiomics.logger.setLevel(logging.CRITICAL)
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    extractor = featureextractor.RadiomicsFeatureExtractor(params, additionalInfo=False)
    image, mask = extractor.loadImage(image_path, mask_path, None, **extractor.settings)
    least = float("inf")
    for _ in range(int(repeats)):
        start = time.process_time()
        if what == "maps":
            extractor.execute(image, mask, voxelBased=True)
        elif list(extractor.enabledImagetypes) != ["Original"]:
            extractor.execute(image, mask)
        else:
            box, _ = imageoperations.checkMask(image, mask, **extractor.settings)
            part, region = imageoperations.cropToTumorMask(image, mask, box)
            start = time.process_time()
            extractor.computeShape(image, mask, box)
            extractor.computeFeatures(part, region, "original", **extractor.settings)
        least = min(least, time.process_time() - start)
    print(least)


main(*sys.argv[1:])
