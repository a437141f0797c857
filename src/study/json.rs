//! JSON in which a number may be `null`: it stands for what JSON cannot say, and is read as NaN, wherever a number is wanted.

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// A value whose `null` is NaN for who wants a number.
#[derive(Clone, Copy)]
pub(super) struct NullIsNan<'de>(pub &'de Value);

impl<'de> IntoDeserializer<'de, Error> for NullIsNan<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for NullIsNan<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => visitor.visit_seq(SeqDeserializer::new(values.iter().map(NullIsNan))),
            Value::Object(map) => visitor.visit_map(MapDeserializer::new(
                map.iter().map(|(key, value)| (key.as_str(), NullIsNan(value))),
            )),
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_f64(f64::NAN),
            number => number.deserialize_f64(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(map) => visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(
                map.iter().map(|(key, value)| (key.as_str(), NullIsNan(value))),
            ))),
            word => word.deserialize_enum(name, variants, visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    enum Shape {
        Point,
        Circle { radius: f64 },
    }

    #[derive(Debug, Deserialize)]
    struct Found {
        number: f64,
        list: Vec<f64>,
        pairs: Vec<(usize, f64)>,
        perhaps: Option<f64>,
        shapes: Vec<Shape>,
        #[serde(default)]
        absent: f64,
    }

    #[test]
    fn null_is_nan_where_a_number_is_wanted_and_nothing_where_it_may_be_absent() {
        let value = serde_json::json!({
            "number": null, "list": [1, null, 2.5], "pairs": [[3, null]], "perhaps": null,
            "shapes": ["Point", {"Circle": {"radius": null}}],
        });
        let found = Found::deserialize(NullIsNan(&value)).unwrap();
        assert!(found.number.is_nan() && found.list[1].is_nan() && found.pairs[0].1.is_nan());
        assert_eq!((found.list[0], found.list[2], found.pairs[0].0), (1.0, 2.5, 3));
        assert_eq!((found.perhaps, found.absent), (None, 0.0));
        assert!(matches!(found.shapes[0], Shape::Point));
        assert!(matches!(found.shapes[1], Shape::Circle { radius } if radius.is_nan()));
        assert!(Found::deserialize(NullIsNan(&serde_json::json!({"number": "word"}))).is_err());
    }
}
