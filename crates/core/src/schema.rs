//! How the shared words look in the OpenAPI document, for the types whose shape on the wire is not their shape in code.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, SchemaFormat, Type, schema::Schema},
};

use crate::{
    Id,
    priority::{Level, Priority},
};

impl<K> PartialSchema for Id<K> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::Custom("uuid".to_owned())))
            .description(Some("An id (UUID)."))
            .into()
    }
}
impl<K> ToSchema for Id<K> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Id")
    }
}

fn whole(from: i64, to: i64, description: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(from)).maximum(Some(to)).description(Some(description)).into()
}

impl PartialSchema for Level {
    fn schema() -> RefOr<Schema> {
        whole(1, 3, "1 is the gravest")
    }
}
impl ToSchema for Level {}

impl PartialSchema for Priority {
    fn schema() -> RefOr<Schema> {
        whole(1, 5, "P1 is the gravest")
    }
}
impl ToSchema for Priority {}
