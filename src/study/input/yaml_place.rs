//! Line and column of a value of a YAML file, flow mappings and aliases included.
//!
//! The parser knows where everything stands and says it with an error alone. So the file is read once more by a visitor that
//! walks down the way, ignores what lies beside it, and fails on purpose where the way ends.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What the visitor says at the end of the way.
pub(super) const HERE: &str = "the way ends here";

/// The walk down a way.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    /// What is left of the way: keys, and the numbers of entries counted from 0
    pub way: &'a [String],
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A value that the way does not lead through.
macro_rules! leaf {
    ($( $visit:ident($kind:ty) ),+) => {
        $( fn $visit<E: serde::de::Error>(self, _: $kind) -> Result<(), E> { self.arrived() } )+
    };
}

impl Walk<'_> {
    fn arrived<E: serde::de::Error>(self) -> Result<(), E> {
        if self.way.is_empty() {
            Err(E::custom(HERE))
        } else {
            Ok(())
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a value")
    }

    leaf!(
        visit_bool(bool),
        visit_i64(i64),
        visit_u64(u64),
        visit_f64(f64),
        visit_str(&str)
    );

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.arrived()
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
        self.arrived()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.way.split_first() else {
            return Err(A::Error::custom(HERE));
        };
        let wanted: Option<usize> = step.parse().ok();
        for entry in 0.. {
            let more = if Some(entry) == wanted {
                list.next_element_seed(Walk { way: rest })?
            } else {
                list.next_element::<IgnoredAny>()?.map(|_| ())
            };
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.way.split_first() else {
            return Err(A::Error::custom(HERE));
        };
        while let Some(key) = map.next_key::<String>()? {
            if key == *step {
                map.next_value_seed(Walk { way: rest })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
