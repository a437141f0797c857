"""The interface against the recorded values of PyRadiomics 3.1.0: python -m unittest discover packaging/python/tests

Asks for the binary (RADSCORE, or installed) and the references in tests/golden; NumPy and SimpleITK are used where they are.
"""

import csv
import math
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1]))
GOLDEN = HERE.parents[3] / "tests/golden/radiomics"

from radscore import RadscoreError, Volume, run  # noqa: E402
from radscore.featureextractor import RadiomicsFeatureExtractor  # noqa: E402

IMAGE, MASK = str(GOLDEN / "images/tiny_image.nrrd"), str(GOLDEN / "images/tiny_mask.nrrd")


def features(row):
    return {name: float(value) for name, value in row.items() if not name.startswith("diagnostics_")}


class Interface(unittest.TestCase):
    def close(self, found, expected):
        self.assertEqual(list(found), list(expected))
        for name, value in expected.items():
            if math.isnan(value):
                self.assertTrue(math.isnan(found[name]), name)
            else:
                self.assertLessEqual(abs(found[name] - value), 1e-9 + 1e-9 * abs(value), name)

    def test_recorded_values(self):
        parameters = GOLDEN / "command/params.yaml"
        try:
            import yaml

            given = yaml.safe_load(parameters.read_text())
        except ImportError:
            self.skipTest("PyYAML is not here")
        extractor = RadiomicsFeatureExtractor(given)
        with open(GOLDEN / "command/expected.csv", newline="") as file:
            row = next(csv.DictReader(file))
        expected = {
            name: float(value) if value else math.nan
            for name, value in row.items()
            if "_" in name and not name.startswith("diagnostics_") and value
        }
        plain = {name: value for name, value in expected.items() if name.startswith("original_")}
        found = features(extractor.execute(IMAGE, MASK, label=1))
        self.close({name: found[name] for name in plain}, plain)
        self.assertEqual(set(found), set(expected))

    def test_defaults_are_those_of_the_command(self):
        found = features(RadiomicsFeatureExtractor().execute(IMAGE, MASK))
        row = run("extract", IMAGE, MASK)
        command = {name: float(value) for name, value in row.items() if name in found}
        self.assertEqual(len(found), 107)
        self.close(found, command)

    def test_switches(self):
        extractor = RadiomicsFeatureExtractor(binWidth=10, additionalInfo=False)
        extractor.disableAllFeatures()
        extractor.enableFeaturesByName(firstorder=["Mean", "Energy"], glcm=["Idm"])
        extractor.enableImageTypeByName("LoG", customArgs={"sigma": [2.0]})
        found = extractor.execute(IMAGE, MASK)
        self.assertEqual(len(found), 6)
        self.assertIn("log-sigma-2-0-mm-3D_glcm_Idm", found)
        extractor.enableImageTypes(Original={})
        extractor.enableFeatureClassByName("glcm", False)
        self.assertEqual(list(extractor.execute(IMAGE, MASK)), ["original_firstorder_Mean", "original_firstorder_Energy"])
        with self.assertRaises(RadscoreError):
            extractor.enableFeatureClassByName("nothing")
        with self.assertRaises(RadscoreError):
            extractor.enableImageTypeByName("Nothing")

    def test_errors_are_exceptions(self):
        extractor = RadiomicsFeatureExtractor()
        with self.assertRaisesRegex(RadscoreError, "label"):
            extractor.execute(IMAGE, MASK, label=9)
        with self.assertRaisesRegex(RadscoreError, "binWidht"):
            RadiomicsFeatureExtractor(binWidht=10).execute(IMAGE, MASK)
        with self.assertRaises(RadscoreError):
            extractor.execute("nowhere.nrrd", MASK)
        with self.assertRaises(NotImplementedError):
            extractor.execute(IMAGE, MASK, voxelBased=True)

    def test_arrays_and_images_of_simpleitk(self):
        try:
            import numpy
            import SimpleITK
        except ImportError:
            self.skipTest("NumPy or SimpleITK is not here")
        extractor = RadiomicsFeatureExtractor()
        expected = features(extractor.execute(IMAGE, MASK))
        image, mask = SimpleITK.ReadImage(IMAGE), SimpleITK.ReadImage(MASK)
        # SimpleITK holds direction and spacing apart: the product differs in the last digit.
        self.close(features(extractor.execute(image, mask)), expected)
        volumes = [
            Volume(SimpleITK.GetArrayFromImage(one), one.GetSpacing(), one.GetOrigin(), one.GetDirection())
            for one in (image, mask)
        ]
        self.close(features(extractor.execute(*volumes)), expected)
        with self.assertRaisesRegex(ValueError, "spacing"):
            extractor.execute(numpy.zeros((3, 3, 3)), mask)


if __name__ == "__main__":
    unittest.main()
