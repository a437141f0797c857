"""radscore from Python: PyRadiomics' interface over the binary.

    from radscore import featureextractor            # instead of: from radiomics import featureextractor
    extractor = featureextractor.RadiomicsFeatureExtractor("Params.yaml")
    features = extractor.execute("scan.nii.gz", "mask.nii.gz")
"""

from .binary import RadscoreError, binary, run, version
from .volume import Volume

__all__ = ["RadscoreError", "Volume", "binary", "featureextractor", "run", "version"]
