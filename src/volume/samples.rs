//! Voxel values in the type in which a file holds them, and what each type can do.

/// The type of a stored sample, after any rescaling of the file format has been applied.
///
/// PyRadiomics' results depend on it: an integer image stays integer through resampling, a `float32` image is filtered in
/// single precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleType {
    /// 8-bit unsigned
    U8,
    /// 8-bit signed
    I8,
    /// 16-bit unsigned
    U16,
    /// 16-bit signed
    I16,
    /// 32-bit unsigned
    U32,
    /// 32-bit signed
    I32,
    /// 64-bit unsigned
    U64,
    /// 64-bit signed
    I64,
    /// single precision
    F32,
    /// double precision
    F64,
}

impl SampleType {
    /// Whether the type holds whole numbers only.
    pub fn is_integer(self) -> bool {
        !matches!(self, Self::F32 | Self::F64)
    }

    /// The size of one sample in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }
}

/// Voxel values in the type in which the file holds them, `x` fastest, then `y`, then `z`.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// 8-bit unsigned
    U8(Vec<u8>),
    /// 8-bit signed
    I8(Vec<i8>),
    /// 16-bit unsigned
    U16(Vec<u16>),
    /// 16-bit signed
    I16(Vec<i16>),
    /// 32-bit unsigned
    U32(Vec<u32>),
    /// 32-bit signed
    I32(Vec<i32>),
    /// 64-bit unsigned
    U64(Vec<u64>),
    /// 64-bit signed
    I64(Vec<i64>),
    /// single precision
    F32(Vec<f32>),
    /// double precision
    F64(Vec<f64>),
}

/// Runs an expression with the vector inside [`Samples`], whatever its type: one match, then typed code.
macro_rules! each_type {
    ($samples:expr, $values:ident => $body:expr) => {
        match $samples {
            $crate::volume::Samples::U8($values) => $body,
            $crate::volume::Samples::I8($values) => $body,
            $crate::volume::Samples::U16($values) => $body,
            $crate::volume::Samples::I16($values) => $body,
            $crate::volume::Samples::U32($values) => $body,
            $crate::volume::Samples::I32($values) => $body,
            $crate::volume::Samples::U64($values) => $body,
            $crate::volume::Samples::I64($values) => $body,
            $crate::volume::Samples::F32($values) => $body,
            $crate::volume::Samples::F64($values) => $body,
        }
    };
}
pub(crate) use each_type;

impl Samples {
    /// No samples of a type.
    pub fn empty(sample_type: SampleType) -> Self {
        match sample_type {
            SampleType::U8 => Self::U8(Vec::new()),
            SampleType::I8 => Self::I8(Vec::new()),
            SampleType::U16 => Self::U16(Vec::new()),
            SampleType::I16 => Self::I16(Vec::new()),
            SampleType::U32 => Self::U32(Vec::new()),
            SampleType::I32 => Self::I32(Vec::new()),
            SampleType::U64 => Self::U64(Vec::new()),
            SampleType::I64 => Self::I64(Vec::new()),
            SampleType::F32 => Self::F32(Vec::new()),
            SampleType::F64 => Self::F64(Vec::new()),
        }
    }

    /// The type of the samples.
    pub fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) => SampleType::U8,
            Self::I8(_) => SampleType::I8,
            Self::U16(_) => SampleType::U16,
            Self::I16(_) => SampleType::I16,
            Self::U32(_) => SampleType::U32,
            Self::I32(_) => SampleType::I32,
            Self::U64(_) => SampleType::U64,
            Self::I64(_) => SampleType::I64,
            Self::F32(_) => SampleType::F32,
            Self::F64(_) => SampleType::F64,
        }
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        each_type!(self, values => values.len())
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One sample as a double; `index` counts from 0 and must be below [`Samples::len`].
    pub fn get(&self, index: usize) -> f64 {
        each_type!(self, values => values[index].to_double())
    }

    /// Doubles brought into a type as ITK does it: clamped to the type's range, the fraction cut off.
    pub fn from_doubles(sample_type: SampleType, values: &[f64]) -> Self {
        let mut samples = Self::empty(sample_type);
        each_type!(&mut samples, typed => extend_from_doubles(typed, values));
        samples
    }
}

/// Appends doubles brought into a type.
fn extend_from_doubles<T: Sample>(samples: &mut Vec<T>, values: &[f64]) {
    samples.extend(values.iter().map(|&value| T::from_double(value)));
}

/// What the typed loops need of a sample.
pub trait Sample: Copy + PartialOrd + Default + Send + Sync + 'static {
    /// Its size in a file
    const BYTES: usize;

    /// Whether the type holds whole numbers only
    fn whole() -> bool;

    /// Its value as a double (64-bit integers beyond 2^53 are rounded)
    fn to_double(self) -> f64;

    /// A double as this type: clamped to its range, the fraction cut off (ITK's bounds-checked cast); NaN becomes 0 in an
    /// integer type
    fn from_double(value: f64) -> Self;

    /// As a label, where it is one: a whole number, to a thousandth in floating point. As PyRadiomics, which casts masks to
    /// `uint32` as C does, negative ones wrap: -1 is 4294967295
    fn to_label(self) -> Option<u32>;

    /// As single precision, rounded
    fn to_single(self) -> f32;

    /// Appends the samples in `bytes`, whose length is a multiple of [`Sample::BYTES`]
    fn decode(bytes: &[u8], big_endian: bool, into: &mut Vec<Self>);

    /// Appends the bytes of samples, little-endian
    fn encode(samples: &[Self], into: &mut Vec<u8>);

    /// A vector of this type as [`Samples`]
    fn wrap(samples: Vec<Self>) -> Samples;
}

macro_rules! sample {
    ($type:ty, $variant:ident, $label:expr) => {
        impl Sample for $type {
            const BYTES: usize = size_of::<$type>();

            fn whole() -> bool {
                SampleType::$variant.is_integer()
            }

            #[inline]
            fn to_double(self) -> f64 {
                self as f64
            }

            #[inline]
            fn from_double(value: f64) -> Self {
                value as $type
            }

            #[inline]
            fn to_label(self) -> Option<u32> {
                let label: fn($type) -> Option<u32> = $label;
                label(self)
            }

            #[inline]
            fn to_single(self) -> f32 {
                self as f32
            }

            fn decode(bytes: &[u8], big_endian: bool, into: &mut Vec<Self>) {
                let (chunks, _) = bytes.as_chunks::<{ size_of::<$type>() }>();
                if big_endian {
                    into.extend(chunks.iter().map(|&chunk| <$type>::from_be_bytes(chunk)));
                } else {
                    into.extend(chunks.iter().map(|&chunk| <$type>::from_le_bytes(chunk)));
                }
            }

            fn encode(samples: &[Self], into: &mut Vec<u8>) {
                into.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
            }

            fn wrap(samples: Vec<Self>) -> Samples {
                Samples::$variant(samples)
            }
        }
    };
}

sample!(u8, U8, |value| Some(value as u32));
sample!(i8, I8, |value| Some(value as u32));
sample!(u16, U16, |value| Some(value as u32));
sample!(i16, I16, |value| Some(value as u32));
sample!(u32, U32, Some);
sample!(i32, I32, |value| Some(value as u32));
sample!(u64, U64, |value| u32::try_from(value).ok());
sample!(i64, I64, wrapped);
sample!(f32, F32, |value| near_whole(f64::from(value)));
sample!(f64, F64, near_whole);

/// How far a label in floating point may lie from a whole number.
const NEAR: f64 = 1e-3;

/// The label that a number stands for; none where it lies between whole numbers or beyond all labels.
fn near_whole(value: f64) -> Option<u32> {
    let whole = value.round();
    if (value - whole).abs() <= NEAR {
        wrapped(whole as i64)
    } else {
        None
    }
}

/// A label as PyRadiomics casts it; none where it would become another one.
fn wrapped(value: i64) -> Option<u32> {
    u32::try_from(value)
        .ok()
        .or_else(|| i32::try_from(value).ok().map(|value| value as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_whole_numbers() {
        let cases: [(f64, Option<u32>); 9] = [
            (0.7, None),
            (0.999_999, Some(1)),
            (1.5, None),
            (-1.0, Some(4_294_967_295)),
            (-0.3, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (7.0, Some(7)),
            (4_294_967_296.0, None),
        ];
        for (value, label) in cases {
            assert_eq!(value.to_label(), label, "{value}");
        }
        assert_eq!((-1i16).to_label(), Some(4_294_967_295));
        assert_eq!((1i64 << 32 | 1).to_label(), None);
    }

    #[test]
    fn doubles_are_cut_towards_zero_and_clamped() {
        let samples = Samples::from_doubles(SampleType::I16, &[25.9, -34.9, 1e6, -1e6]);
        assert_eq!(samples, Samples::I16(vec![25, -34, 32767, -32768]));
    }

    #[test]
    fn samples_come_back_from_their_bytes() {
        let values = [-2i16, 0, 3000];
        let mut bytes = Vec::new();
        i16::encode(&values, &mut bytes);
        let mut back = Vec::new();
        i16::decode(&bytes, false, &mut back);
        assert_eq!(back, values);
        let swapped: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
        back.clear();
        i16::decode(&swapped, true, &mut back);
        assert_eq!(back, values);
    }
}
