//! The filters of lists. [`list_filter!`] declares each filter once: its field, its parameter and its description. The
//! reader and the API document follow from it.

use actix_web::HttpRequest;
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::ArrayBuilder,
    },
};

use super::{AmountRange, Direction, Page, Period, Query, SortFields};
use crate::http::{
    openapi::PageParameters,
    problem::Problem,
    text_value::{TextValue, text_schema},
};

/// The filters of a list, as [`list_filter!`] declares them.
pub trait ListFilter: Sized {
    type Sort: SortFields;
    /// The order of the list without `sort`.
    const ORDER: (Self::Sort, Direction);

    /// Reads the filters. Errors are recorded in `query`.
    fn read(query: &mut Query) -> Self;

    /// Reads the filters and the page that a request for the list names. Returns 422 with all errors.
    fn of(request: &HttpRequest) -> Result<(Self, Page<Self::Sort>), Problem> {
        let mut query = Query::of(request)?;
        let filter = Self::read(&mut query);
        let page = query.page(&[Self::ORDER]);
        query.finish()?;
        Ok((filter, page))
    }
}

/// The declaration of a filter.
pub struct FilterSpec {
    pub name: &'static str,
    /// The names of the bounds if the filter is a range.
    pub bounds: [&'static str; 2],
    /// The description of the parameter. For a range, it is continued by the bound.
    pub description: &'static str,
    /// One example, or none.
    pub example: &'static [&'static str],
}

impl FilterSpec {
    fn parameter(&self, schema: RefOr<Schema>) -> Parameter {
        let text = self.description.trim();
        parameter(self.name, text.to_owned(), schema, self.example)
    }

    /// The parameters of a half-open range.
    fn range(&self, schema: &RefOr<Schema>, included: &str, excluded: &str) -> Vec<Parameter> {
        let bound = |name, bound: &str| {
            let text = format!("{} {bound}", self.description.trim());
            parameter(name, text, schema.clone(), self.example)
        };
        vec![
            bound(self.bounds[0], included),
            bound(self.bounds[1], excluded),
        ]
    }
}

/// Describes an optional query parameter.
fn parameter(
    name: &str,
    description: String,
    schema: RefOr<Schema>,
    example: &[&str],
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .example(example.first().map(|it| (*it).into()))
        .build()
}

/// All parameters of a list: its filters with their former names, its page and its order.
pub fn parameters<F: ListFilter>(
    filters: Vec<Parameter>,
    former: &[(&str, &str)],
) -> Vec<Parameter> {
    let renamed = |(former, present): &(&str, &str)| {
        let filter = filters.iter().find(|it| it.name == *present)?;
        let mut parameter = filter.clone();
        parameter.name = (*former).to_owned();
        parameter.description = Some(format!("The former name of `{present}`."));
        Some(parameter)
    };
    let former: Vec<Parameter> = former.iter().filter_map(renamed).collect();
    let page = PageParameters::into_params(|| None);
    [filters, former, page, vec![sort_parameter::<F>()]].concat()
}

/// Describes the parameter `sort`.
fn sort_parameter<F: ListFilter>() -> Parameter {
    let fields = F::Sort::FIELDS;
    let words: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let (field, direction) = F::ORDER;
    let named = fields.iter().find(|(_, known)| *known == field);
    let sign = match direction {
        Direction::Ascending => "",
        Direction::Descending => "-",
    };
    let default = format!("{sign}{}", named.map_or("", |(name, _)| name));
    let text = format!(
        "Fields in order of precedence, each with an optional `-`: {}. The default is `{default}`.",
        words.join(", ")
    );
    parameter("sort", text, text_schema(None, None), &[&default])
}

/// The type of a filter's field.
pub trait FilterField: Sized {
    /// Reads the parameters of the filter. Errors are recorded in `query`.
    fn read(query: &mut Query, spec: &FilterSpec) -> Self;

    /// Describes the parameters.
    fn parameters(spec: &FilterSpec) -> Vec<Parameter>;
}

/// One value.
impl<T: TextValue> FilterField for Option<T> {
    fn read(query: &mut Query, spec: &FilterSpec) -> Self {
        query.value(spec.name)
    }

    fn parameters(spec: &FilterSpec) -> Vec<Parameter> {
        vec![spec.parameter(T::schema())]
    }
}

/// Any of several values, by repeating the parameter.
impl<T: TextValue + PartialEq> FilterField for Vec<T> {
    fn read(query: &mut Query, spec: &FilterSpec) -> Self {
        query.each(spec.name)
    }

    fn parameters(spec: &FilterSpec) -> Vec<Parameter> {
        let list = ArrayBuilder::new().items(T::schema());
        let mut parameter = spec.parameter(list.into());
        parameter.explode = Some(true);
        vec![parameter]
    }
}

impl FilterField for Period {
    fn read(query: &mut Query, spec: &FilterSpec) -> Self {
        let [from, until] = spec.bounds;
        query.period(from, until)
    }

    fn parameters(spec: &FilterSpec) -> Vec<Parameter> {
        let schema = <chrono::DateTime<chrono::Utc> as TextValue>::schema();
        spec.range(&schema, "at or after this instant.", "before this instant.")
    }
}

impl FilterField for AmountRange {
    fn read(query: &mut Query, spec: &FilterSpec) -> Self {
        query.amounts(spec.bounds)
    }

    fn parameters(spec: &FilterSpec) -> Vec<Parameter> {
        let schema = text_schema(None, None);
        spec.range(
            &schema,
            "of this amount or more; needs `currency`.",
            "of less than this amount; needs `currency`.",
        )
    }
}

/// Declares the filters of a list, the sort field and direction without `sort`, former names of parameters, and fields
/// that are not parameters and begin with their default.
macro_rules! list_filter {
    (@spec $name:literal [$($text:literal)+] [$($example:literal)?]) => {
        &$crate::http::pagination::list_filter::FilterSpec {
            name: $name,
            bounds: [concat!($name, "From"), concat!($name, "Until")],
            description: concat!($($text),+),
            example: &[$($example)?],
        }
    };
    (
        $(#[$attribute:meta])*
        $filter:ident of $sort:ident by $order:ident $direction:ident {
            $(
                $(#[doc = $text:literal])+ $(#[schema($($schema:tt)+)])?
                $field:ident: $type:ty = $name:literal $(such as $example:literal)?,
            )*
        }
        $(formerly { $($former:literal => $present:literal,)+ })?
        $(with { $($(#[$with_attribute:meta])* $with:ident: $with_type:ty,)+ })?
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Default)]
        pub struct $filter {
            $($(#[doc = $text])+ $(#[schema($($schema)+)])? pub $field: $type,)*
            $($($(#[$with_attribute])* pub $with: $with_type,)+)?
        }

        const _: () = {
            use $crate::http::pagination::{Direction, ListFilter, Query, list_filter};

            impl ListFilter for $filter {
                type Sort = $sort;
                const ORDER: ($sort, Direction) = ($sort::$order, Direction::$direction);

                #[allow(unused_variables, reason = "a list may have no filter")]
                fn read(query: &mut Query) -> Self {
                    $($(query.alias($present, $former);)+)?
                    Self {
                        $($field: list_filter::FilterField::read(
                            query,
                            $crate::http::pagination::list_filter!(@spec $name [$($text)+] [$($example)?]),
                        ),)*
                        $($($with: Default::default(),)+)?
                    }
                }
            }

            impl utoipa::IntoParams for $filter {
                fn into_params(
                    _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
                ) -> Vec<utoipa::openapi::path::Parameter> {
                    let filters: Vec<Vec<_>> = vec![$(
                        <$type as list_filter::FilterField>::parameters(
                            $crate::http::pagination::list_filter!(@spec $name [$($text)+] [$($example)?]),
                        ),
                    )*];
                    let former: &[(&str, &str)] = &[$($(($former, $present),)+)?];
                    list_filter::parameters::<$filter>(filters.concat(), former)
                }
            }
        };
    };
}
pub(crate) use list_filter;
