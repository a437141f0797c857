"""RadiomicsFeatureExtractor with the interface of PyRadiomics: a script changes its import.

Keys, their order and values are PyRadiomics'; what is computed, and how it is checked, is radscore's. Every call of `execute`
is a call of the binary: for many cases, `radscore extract cases.csv` reads and computes them side by side.
"""

import collections
import copy
import json
import math
import os
import tempfile

from .binary import RadscoreError, run
from .volume import as_file

#: Columns of the binary's rows that are no results
GIVEN = ("Image", "Mask", "Label")


def _number(value):
    """A feature as PyRadiomics gives it, an array of no axes; a plain number where NumPy is not installed."""
    value = math.nan if value is None else value
    try:
        import numpy
    except ImportError:
        return float(value)
    return numpy.array(float(value))


def _diagnostic(value):
    return tuple(_diagnostic(item) for item in value) if isinstance(value, list) else value


class RadiomicsFeatureExtractor:
    """Settings, image types and features of an extraction.

    The first argument is a parameter file (YAML or JSON) or a dictionary of its form; named arguments are settings.
    """

    _classes = None
    _types = None

    def __init__(self, *args, **kwargs):
        self.settings = {}
        self.enabledImagetypes = {}
        self.enabledFeatures = {}
        self._voxel_settings = {}
        self._convention = None
        if args and args[0] is not None:
            self.loadParams(args[0])
        else:
            self.enabledImagetypes = {"Original": {}}
            self.enabledFeatures = {name: [] for name in self.featureClassNames if name != "shape2D"}
        self.settings.update(kwargs)

    # What there is.

    @property
    def featureClassNames(self):
        """The feature classes of PyRadiomics."""
        return list(self._known_classes())

    @classmethod
    def _known_classes(cls):
        if cls._classes is None:
            cls._classes = {
                row["class"]: [feature["name"] for feature in row["features"] if feature.get("offer") != "ibsi"]
                for row in run("features")
                if row["class"] in ("firstorder", "shape", "shape2D", "glcm", "glrlm", "glszm", "ngtdm", "gldm")
            }
        return cls._classes

    @classmethod
    def _known_types(cls):
        if cls._types is None:
            cls._types = [row["name"] for row in run("features", "--image-types")]
        return cls._types

    def getFeatureNames(self, featureClassName):
        """The features of a class; None where there is no such class."""
        return self._known_classes().get(featureClassName)

    # What is asked for.

    def loadParams(self, paramsFile):
        """Takes over a parameter file, or a dictionary of its form."""
        if isinstance(paramsFile, dict):
            params = copy.deepcopy(paramsFile)
        else:
            with open(os.fspath(paramsFile), encoding="utf-8") as file:
                text = file.read()
            try:
                params = json.loads(text)
            except ValueError:
                try:
                    import yaml
                except ImportError:
                    raise RadscoreError(
                        f"{paramsFile}: PyYAML is needed to read it here; give a dictionary or a JSON file instead"
                    ) from None
                params = yaml.safe_load(text) or {}
        self._apply(params)

    def loadJSONParams(self, JSON_configuration):
        """Takes over parameters in a string of JSON."""
        self._apply(json.loads(JSON_configuration))

    def _apply(self, params):
        unknown = set(params) - {"setting", "imageType", "featureClass", "voxelSetting", "convention"}
        if unknown:
            raise RadscoreError(f"the parameters have no section {', '.join(sorted(unknown))}")
        self.settings = dict(params.get("setting") or {})
        self._voxel_settings = dict(params.get("voxelSetting") or {})
        self._convention = params.get("convention")
        types = params.get("imageType") or {"Original": {}}
        self.enabledImagetypes = {name: custom or {} for name, custom in types.items()}
        classes = params.get("featureClass") or dict.fromkeys(self.featureClassNames)
        self.enabledFeatures = {name: list(features or []) for name, features in classes.items()}

    def addProvenance(self, provenance_on=True):
        """Whether rows begin with diagnostics."""
        self.settings["additionalInfo"] = bool(provenance_on)

    def enableAllImageTypes(self):
        """Enables every image type with its defaults."""
        for name in self._known_types():
            self.enabledImagetypes[name] = {}

    def disableAllImageTypes(self):
        """Disables every image type."""
        self.enabledImagetypes = {}

    def enableImageTypeByName(self, imageType, enabled=True, customArgs=None):
        """Enables or disables one image type, with settings of its own."""
        if imageType not in self._known_types():
            raise RadscoreError(f"there is no image type {imageType}; there are {', '.join(self._known_types())}")
        if enabled:
            self.enabledImagetypes[imageType] = dict(customArgs or {})
        else:
            self.enabledImagetypes.pop(imageType, None)

    def enableImageTypes(self, **enabledImagetypes):
        """Enables these image types and no others."""
        self.enabledImagetypes = {}
        for name, custom in enabledImagetypes.items():
            self.enableImageTypeByName(name, customArgs=custom)

    def enableAllFeatures(self):
        """Enables every feature of every class."""
        self.enabledFeatures = {name: [] for name in self.featureClassNames}

    def disableAllFeatures(self):
        """Disables every feature."""
        self.enabledFeatures = {}

    def enableFeatureClassByName(self, featureClass, enabled=True):
        """Enables or disables a class."""
        if featureClass not in self.featureClassNames:
            raise RadscoreError(f"there is no feature class {featureClass}; there are {', '.join(self.featureClassNames)}")
        if enabled:
            self.enabledFeatures[featureClass] = []
        else:
            self.enabledFeatures.pop(featureClass, None)

    def enableFeaturesByName(self, **enabledFeatures):
        """Enables these features of these classes, beside what is enabled."""
        for name, features in enabledFeatures.items():
            self.enableFeatureClassByName(name)
            self.enabledFeatures[name] = list(features or [])

    # What comes of it.

    def parameters(self, settings=None):
        """What is asked for, as a parameter file has it."""
        document = {
            "setting": self.settings if settings is None else settings,
            "imageType": self.enabledImagetypes,
            "featureClass": self.enabledFeatures,
        }
        if self._voxel_settings:
            document["voxelSetting"] = self._voxel_settings
        if self._convention:
            document["convention"] = self._convention
        return document

    def execute(self, imageFilepath, maskFilepath, label=None, label_channel=None, voxelBased=False):
        """Diagnostics and features of an image and a mask, in PyRadiomics' order.

        Both are paths, images of SimpleITK, or a `radscore.Volume`, which is an array with its spacing.
        """
        if voxelBased:
            raise NotImplementedError("maps are made by the binary: radscore extract IMAGE MASK --mode voxel --out-dir DIR")
        settings = dict(self.settings)
        if label is not None:
            settings["label"] = int(label)
        if label_channel is not None:
            settings["label_channel"] = int(label_channel)
        with tempfile.TemporaryDirectory(prefix="radscore-") as folder:
            params = os.path.join(folder, "params.json")
            with open(params, "w", encoding="utf-8") as file:
                json.dump(self.parameters(settings), file)
            image = as_file(imageFilepath, folder, "image")
            mask = as_file(maskFilepath, folder, "mask")
            row = run("extract", image, mask, "--param", params, "--threads", "1", codes=(0, 1))
        if "error" in row:
            raise RadscoreError(row["error"])
        return collections.OrderedDict(
            (name, _diagnostic(value) if name.startswith("diagnostics_") else _number(value))
            for name, value in row.items()
            if name not in GIVEN
        )
