//! Requests in protobuf, read point by point: no more than one of them is in memory.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{
    OtlpError,
    attribute::{AnyValue, DEPTH_MAX},
    model::{Buckets, Exemplar, KeyValue, Point, Quantile, Shape, Temporality},
    point::hex,
    translate::Translator,
};
use crate::proto::{Broken, Message, Value};

type Attributes<'a> = Vec<KeyValue<'a>>;

/// Values of one attribute at most, those in lists and maps counted.
const VALUES_MAX: usize = 4096;
/// Exemplars of one point at most; further ones are left out.
const EXEMPLARS_MAX: usize = 1024;
/// Attributes of one exemplar at most; more would not fit its characters anyway.
const EXEMPLAR_ATTRIBUTES_MAX: usize = 64;

/// Each message of a repeated field.
fn each<'a>(mut message: Message<'a>, wanted: u32, mut give: impl FnMut(Message<'a>) -> Result<(), OtlpError>) -> Result<(), OtlpError> {
    while let Some((number, value)) = message.field()? {
        if number == wanted {
            give(value.message()?)?;
        }
    }
    Ok(())
}

pub(super) fn read(body: &[u8], to: &mut Translator<'_>) -> Result<(), OtlpError> {
    each(Message(body), 1, |resource_metrics| {
        let mut attributes = Attributes::new();
        each(resource_metrics, 1, |resource| {
            let bounds = to.options.bounds;
            each(resource, 1, |pair| add(&mut attributes, pair, bounds.attributes_max))
        })?;
        to.begin_resource(&attributes);
        each(resource_metrics, 2, |scope_metrics| scope(scope_metrics, to))?;
        to.end_resource();
        Ok(())
    })
}

/// Reads an attribute; those beyond the bound of a resource or scope refuse the request.
fn add<'a>(attributes: &mut Attributes<'a>, pair: Message<'a>, max: usize) -> Result<(), OtlpError> {
    if attributes.len() >= max {
        return Err(OtlpError::TooLarge(format!("more than {max} attributes of one resource or scope (limit attributes_max)")));
    }
    attributes.push(outermost(pair)?);
    Ok(())
}

fn scope(message: Message<'_>, to: &mut Translator<'_>) -> Result<(), OtlpError> {
    let (mut name, mut version, mut schema) = ("", "", "");
    let mut attributes = Attributes::new();
    let mut fields = message;
    while let Some((number, value)) = fields.field()? {
        match number {
            1 => {
                let mut about = value.message()?;
                while let Some((number, value)) = about.field()? {
                    match number {
                        1 => name = value.text()?,
                        2 => version = value.text()?,
                        3 => add(&mut attributes, value.message()?, to.options.bounds.attributes_max)?,
                        _ => {}
                    }
                }
            }
            3 => schema = value.text()?,
            _ => {}
        }
    }
    to.begin_scope(name, version, schema, &attributes);
    each(message, 2, |message| metric(message, to))
}

fn metric(mut message: Message<'_>, to: &mut Translator<'_>) -> Result<(), OtlpError> {
    let (mut given, mut help, mut unit, mut data) = ("", "", "", None);
    while let Some((number, value)) = message.field()? {
        match number {
            1 => given = value.text()?,
            2 => help = value.text()?,
            3 => unit = value.text()?,
            5 => data = Some((Shape::Gauge, value.message()?)),
            7 => data = Some((Shape::Sum { rising: false }, value.message()?)),
            9 => data = Some((Shape::Histogram, value.message()?)),
            10 => data = Some((Shape::Exponential, value.message()?)),
            11 => data = Some((Shape::Summary, value.message()?)),
            _ => {}
        }
    }
    let Some((mut shape, data)) = data else { return Ok(()) };
    let (mut temporality, mut points) = (Temporality::default(), 0);
    let mut fields = data;
    while let Some((number, value)) = fields.field()? {
        match number {
            1 => points += 1,
            2 => temporality = Temporality::from_number(value.uint()?),
            3 if matches!(shape, Shape::Sum { .. }) => shape = Shape::Sum { rising: value.uint()? != 0 },
            _ => {}
        }
    }
    let Some(metric) = to.begin_metric(given, unit, help, (shape, temporality), points) else { return Ok(()) };
    each(data, 1, |message| {
        let point = point(message, shape, to.options.bounds.attributes_max)?;
        to.point(&metric, &point)
    })
}

/// Reads a point. Fields have other numbers in each kind; the instants have the same.
fn point(mut message: Message<'_>, shape: Shape, attributes_max: usize) -> Result<Point<'_>, Broken> {
    let mut point = Point::default();
    while let Some((number, value)) = message.field()? {
        match number {
            2 => point.start_time_unix_nano = value.fixed64()?,
            3 => point.time_unix_nano = value.fixed64()?,
            _ => match shape {
                Shape::Gauge | Shape::Sum { .. } => number_field(&mut point, number, value, attributes_max)?,
                Shape::Histogram => histogram_field(&mut point, number, value, attributes_max)?,
                Shape::Exponential => exponential_field(&mut point, number, value, attributes_max)?,
                Shape::Summary => summary_field(&mut point, number, value, attributes_max)?,
            },
        }
    }
    Ok(point)
}

/// One more than may be is kept, by which the point is refused.
fn attribute<'a>(point: &mut Point<'a>, value: Value<'a>, max: usize) -> Result<(), Broken> {
    let pair = outermost(value.message()?)?;
    if point.attributes.len() <= max {
        point.attributes.push(pair);
    }
    Ok(())
}

#[expect(clippy::cast_possible_wrap, reason = "the bits are moved, not the number")]
const fn signed(bits: u64) -> i64 {
    bits as i64
}

fn number_field<'a>(point: &mut Point<'a>, number: u32, value: Value<'a>, max: usize) -> Result<(), Broken> {
    match number {
        4 => point.as_double = Some(value.double()?),
        5 if point.exemplars.len() < EXEMPLARS_MAX => point.exemplars.push(exemplar(value.message()?)?),
        6 => point.as_int = Some(signed(value.fixed64()?)),
        7 => attribute(point, value, max)?,
        8 => point.flags = value.uint32()?,
        _ => {}
    }
    Ok(())
}

fn histogram_field<'a>(point: &mut Point<'a>, number: u32, value: Value<'a>, max: usize) -> Result<(), Broken> {
    match number {
        4 => point.count = value.fixed64()?,
        5 => point.sum = Some(value.double()?),
        6 => value.each_fixed64(|count| point.bucket_counts.push(count))?,
        7 => value.each_fixed64(|bits| point.explicit_bounds.push(f64::from_bits(bits)))?,
        8 if point.exemplars.len() < EXEMPLARS_MAX => point.exemplars.push(exemplar(value.message()?)?),
        9 => attribute(point, value, max)?,
        10 => point.flags = value.uint32()?,
        _ => {}
    }
    Ok(())
}

fn exponential_field<'a>(point: &mut Point<'a>, number: u32, value: Value<'a>, max: usize) -> Result<(), Broken> {
    match number {
        1 => attribute(point, value, max)?,
        4 => point.count = value.fixed64()?,
        5 => point.sum = Some(value.double()?),
        6 => point.scale = value.sint32()?,
        7 => point.zero_count = value.fixed64()?,
        8 => point.positive = buckets(value.message()?)?,
        9 => point.negative = buckets(value.message()?)?,
        10 => point.flags = value.uint32()?,
        11 if point.exemplars.len() < EXEMPLARS_MAX => point.exemplars.push(exemplar(value.message()?)?),
        14 => point.zero_threshold = value.double()?,
        _ => {}
    }
    Ok(())
}

fn summary_field<'a>(point: &mut Point<'a>, number: u32, value: Value<'a>, max: usize) -> Result<(), Broken> {
    match number {
        4 => point.count = value.fixed64()?,
        5 => point.sum = Some(value.double()?),
        6 => {
            let mut pair = value.message()?;
            let mut one = Quantile::default();
            while let Some((number, value)) = pair.field()? {
                match number {
                    1 => one.quantile = value.double()?,
                    2 => one.value = value.double()?,
                    _ => {}
                }
            }
            point.quantile_values.push(one);
        }
        7 => attribute(point, value, max)?,
        8 => point.flags = value.uint32()?,
        _ => {}
    }
    Ok(())
}

fn buckets(mut message: Message<'_>) -> Result<Buckets, Broken> {
    let mut buckets = Buckets::default();
    while let Some((number, value)) = message.field()? {
        match number {
            1 => buckets.offset = value.sint32()?,
            2 => value.each(|count| {
                buckets.bucket_counts.push(count.uint()?);
                Ok(())
            })?,
            _ => {}
        }
    }
    Ok(buckets)
}

fn exemplar(mut message: Message<'_>) -> Result<Exemplar<'_>, Broken> {
    let mut one = Exemplar::default();
    while let Some((number, value)) = message.field()? {
        match number {
            2 => one.time_unix_nano = value.fixed64()?,
            3 => one.as_double = Some(value.double()?),
            4 => one.span_id = Cow::Owned(hex(value.bytes()?)),
            5 => one.trace_id = Cow::Owned(hex(value.bytes()?)),
            6 => one.as_int = Some(signed(value.fixed64()?)),
            7 if one.filtered_attributes.len() < EXEMPLAR_ATTRIBUTES_MAX => one.filtered_attributes.push(outermost(value.message()?)?),
            _ => {}
        }
    }
    Ok(one)
}

/// An attribute that lies in no other.
fn outermost(message: Message<'_>) -> Result<KeyValue<'_>, Broken> {
    key_value(message, &mut { VALUES_MAX }, 0)
}

fn key_value<'a>(mut message: Message<'a>, left: &mut usize, depth: usize) -> Result<KeyValue<'a>, Broken> {
    let mut pair = KeyValue::default();
    while let Some((number, value)) = message.field()? {
        match number {
            1 => pair.key = Cow::Borrowed(value.text()?),
            2 => pair.value = any_value(value.message()?, left, depth)?,
            _ => {}
        }
    }
    Ok(pair)
}

/// `left` is how many values this one may still hold, however they lie in each other.
fn any_value<'a>(mut message: Message<'a>, left: &mut usize, depth: usize) -> Result<AnyValue<'a>, Broken> {
    if depth > DEPTH_MAX {
        return Err(Broken);
    }
    *left = left.checked_sub(1).ok_or(Broken)?;
    let mut any = AnyValue::Empty;
    while let Some((number, value)) = message.field()? {
        any = match number {
            1 => AnyValue::Text(Cow::Borrowed(value.text()?)),
            2 => AnyValue::Bool(value.uint()? != 0),
            3 => AnyValue::Int(value.int()?),
            4 => AnyValue::Double(value.double()?),
            5 => {
                let mut list = Vec::new();
                let mut items = value.message()?;
                while let Some((number, value)) = items.field()? {
                    if number == 1 {
                        list.push(any_value(value.message()?, left, depth + 1)?.json());
                    }
                }
                AnyValue::Nested(Json::Array(list))
            }
            6 => {
                let mut map = serde_json::Map::new();
                let mut items = value.message()?;
                while let Some((number, value)) = items.field()? {
                    if number == 1 {
                        let pair = key_value(value.message()?, left, depth + 1)?;
                        map.insert(pair.key.into_owned(), pair.value.json());
                    }
                }
                AnyValue::Nested(Json::Object(map))
            }
            7 => AnyValue::Bytes(value.bytes()?.to_vec()),
            _ => any,
        };
    }
    Ok(any)
}
