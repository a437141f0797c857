//! Transfer syntaxes: how the elements and the pixels of an object are written.
//!
//! Reference: DICOM PS3.5, section 10 and annex A; the registry of UIDs in PS3.6, annex A.

use dicom_dictionary_std::uids;

use super::walk::Encoding;

/// How the pixels of an object are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// As they are
    Native,
    /// Run lengths of the bytes of each weight
    Rle,
    /// JPEG by discrete cosine transform; 8 bits only are read
    JpegLossy,
    /// JPEG by prediction
    JpegLossless,
    /// JPEG 2000
    Jpeg2000,
    /// JPEG-LS
    JpegLs,
}

/// A transfer syntax that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syntax {
    /// How its elements are written
    pub encoding: Encoding,
    /// Whether all that follows the file's meta group is deflated
    pub deflated: bool,
    /// How the pixels are stored
    pub packing: Packing,
}

const fn little(packing: Packing) -> Syntax {
    Syntax {
        encoding: Encoding {
            explicit: true,
            big_endian: false,
        },
        deflated: false,
        packing,
    }
}

/// Implicit value representations, little-endian: what a file without a meta group is usually written in.
pub(super) const IMPLICIT: Syntax = Syntax {
    encoding: Encoding {
        explicit: false,
        big_endian: false,
    },
    deflated: false,
    packing: Packing::Native,
};

/// Explicit value representations, little-endian.
pub(super) const EXPLICIT: Syntax = little(Packing::Native);

/// Every transfer syntax that is read, by its UID.
const SYNTAXES: &[(&str, Syntax)] = &[
    (uids::IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT),
    (uids::EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT),
    (
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
        Syntax {
            deflated: true,
            ..EXPLICIT
        },
    ),
    (
        "1.2.840.10008.1.2.2",
        Syntax {
            encoding: Encoding {
                explicit: true,
                big_endian: true,
            },
            deflated: false,
            packing: Packing::Native,
        },
    ),
    (uids::RLE_LOSSLESS, little(Packing::Rle)),
    (uids::JPEG_BASELINE8_BIT, little(Packing::JpegLossy)),
    (uids::JPEG_EXTENDED12_BIT, little(Packing::JpegLossy)),
    (uids::JPEG_LOSSLESS, little(Packing::JpegLossless)),
    (uids::JPEG_LOSSLESS_SV1, little(Packing::JpegLossless)),
    (uids::JPEG2000_LOSSLESS, little(Packing::Jpeg2000)),
    (uids::JPEG2000, little(Packing::Jpeg2000)),
    (uids::JPEGLS_LOSSLESS, little(Packing::JpegLs)),
    (uids::JPEGLS_NEAR_LOSSLESS, little(Packing::JpegLs)),
];

/// The transfer syntax with a UID; `None` where it is not read.
pub(super) fn of_uid(uid: &str) -> Option<Syntax> {
    SYNTAXES
        .iter()
        .find(|(known, _)| *known == uid)
        .map(|(_, syntax)| *syntax)
}
