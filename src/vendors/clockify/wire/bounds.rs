//! Bounds of texts and lists in bodies that are ours, because the vendor names none. The contract lists them.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::contract::{Bound, Most};
use crate::quirk;
use crate::vendors::clockify::error::Refusal;

/// Refuses texts and lists beyond these bounds. Short bodies cannot break any, so they are not read twice.
///
/// # Errors
/// The refusal of the first text or list that is too long.
pub(super) fn check(bounds: &[Bound], body: &[u8]) -> Result<(), Refusal> {
    // A row takes two bytes at least, with its comma.
    let can_break = |bound: &&Bound| match bound.most {
        Most::Text(most) => body.len() > most,
        Most::Items(most) => body.len() > 2 * most,
    };
    let here: Vec<Place> = bounds.iter().filter(can_break).map(|it| (it.member, it.most)).collect();
    if here.is_empty() {
        return Ok(());
    }
    let mut refusal = None;
    let mut reader = serde_json::Deserializer::from_slice(body);
    // Decoding says what is wrong with other bodies.
    let _ = Part { here: &here, refusal: &mut refusal }.deserialize(&mut reader);
    refusal.map_or(Ok(()), |refusal| {
        quirk!("CFY-602");
        Err(refusal)
    })
}

/// The names that lead from a value to a bounded one, and its bound.
type Place = (&'static [&'static str], Most);

/// A value of the body with the bounds in it. Nothing of it is kept.
struct Part<'a> {
    here: &'a [Place],
    refusal: &'a mut Option<Refusal>,
}

impl Part<'_> {
    /// The bounds of the member of this name.
    fn below(&self, name: &str) -> Vec<Place> {
        let below = self.here.iter().filter_map(|(member, most)| match member {
            [first, rest @ ..] if *first == name => Some((rest, *most)),
            _ => None,
        });
        below.collect()
    }

    /// The bound of the value itself.
    fn own(&self) -> impl Iterator<Item = Most> {
        self.here.iter().filter(|(member, _)| member.is_empty()).map(|(_, most)| *most)
    }

    /// Ends the reading with a refusal.
    fn refuse<T, E: Error>(self, refusal: Refusal) -> Result<T, E> {
        *self.refusal = Some(refusal);
        Err(E::custom("a bound is broken"))
    }
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.here.is_empty() {
            return IgnoredAny::deserialize(from).map(drop);
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let here = self.below(&name);
            members.next_value_seed(Part { here: &here, refusal: &mut *self.refusal })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let here = self.below("[]");
        let mut count = 0;
        while rows.next_element_seed(Part { here: &here, refusal: &mut *self.refusal })?.is_some() {
            count += 1;
        }
        let broken = self.own().find_map(|most| match most {
            Most::Items(most) if count > most => Some(most),
            _ => None,
        });
        broken.map_or(Ok(()), |most| self.refuse(Refusal::Size(0, most)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        // Like Java, count UTF-16 units.
        let broken = self.own().find_map(|most| match most {
            Most::Text(most) if text.encode_utf16().count() > most => Some(most),
            _ => None,
        });
        broken.map_or(Ok(()), |most| self.refuse(Refusal::Length(0, most)))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}
