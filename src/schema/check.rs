//! Where a value does not fit a schema, by the rules of an API server: what it would refuse, and the fields that it would drop.
use super::crd::Version;
use super::given::{Data, Given, Member};
use super::structural::{Kind, Schema};
use crate::source::Span;
use serde_json::Value as Json;

/// A place where a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub at: Span,
    /// `spec.servers[0].port`.
    pub path: String,
    /// What is wrong, behind the path; the same for all values that break one rule.
    pub wrong: String,
    /// What stands there instead, where that tells something.
    pub got: String,
    /// Of an unknown field: the names that it could have.
    pub known: Vec<String>,
}

impl Violation {
    /// The path without numbers of items: the same for all items of a list.
    pub fn shape(&self) -> String {
        let parts = self.path.split('[').enumerate().map(|(nth, part)| match part.split_once(']') {
            Some((index, rest)) if nth > 0 && index.bytes().all(|b| b.is_ascii_digit()) => format!("[]{rest}"),
            _ if nth > 0 => format!("[{part}"),
            _ => part.to_owned(),
        });
        parts.collect()
    }

    /// The last name of the path.
    pub fn field(&self) -> String {
        self.shape().trim_end_matches("[]").rsplit('.').next().unwrap_or_default().to_owned()
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "`{}` {}", self.path, self.wrong)?;
        if self.got.is_empty() { Ok(()) } else { write!(f, ", not {}", self.got) }
    }
}

/// Everything in an object that does not fit. Of a `partial` one (a patch) only types and names of fields count.
pub fn check(object: &Given, version: &Version, partial: bool) -> Vec<Violation> {
    let mut check = Check { partial, keeps_unknown: version.keeps_unknown, path: String::new(), found: Vec::new() };
    if let Some(schema) = &version.schema {
        let skipped: &[&str] = if version.status_apart { &["status"] } else { &[] };
        check.map(object, At { schema, shape: schema, logic: false }, Some(skipped));
    }
    check.found
}

/// The part of a schema that a value is held against.
#[derive(Clone, Copy)]
struct At<'s> {
    schema: &'s Schema,
    /// The part that says which fields there are: another one where `schema` stands below `anyOf` and the like.
    shape: &'s Schema,
    logic: bool,
}

impl<'s> At<'s> {
    /// The same value, held against a part of `anyOf` and the like.
    fn logic<'a>(self, schema: &'a Schema) -> At<'a>
    where
        's: 'a,
    {
        At { schema, shape: self.shape, logic: true }
    }
}

struct Check {
    partial: bool,
    keeps_unknown: bool,
    path: String,
    found: Vec<Violation>,
}

impl Check {
    fn node(&mut self, given: &Given, at: At) {
        let wants = match &given.data {
            Data::Computed => return,
            Data::Null if at.schema.nullable || at.logic => return,
            data => wrong_type(data, at.schema),
        };
        if let Some(wants) = wants {
            return self.say(given, format!("has to be {wants}"), given.data.kind());
        }
        match &given.data {
            Data::Map(_) => self.map(given, at, at.schema.is_object.then_some(&[])),
            Data::List(items) => self.list(given, items, at),
            _ if self.partial => {}
            Data::Str(text) => self.text(given, text, at.schema),
            Data::Int(int) => self.number(given, *int as f64, at.schema),
            Data::Float(float) => self.number(given, *float, at.schema),
            Data::Null | Data::Bool(_) | Data::Computed => {}
        }
        if !self.partial {
            self.one_of_values(given, at.schema);
        }
    }

    /// `object`: it has the fields of every object, and these of its own are not looked at.
    fn map(&mut self, given: &Given, at: At, object: Option<&[&str]>) {
        let Data::Map(members) = &given.data else { return };
        for member in members {
            let before = self.path.len();
            self.enter(&member.name);
            match object {
                Some(skipped) if skipped.contains(&member.name.as_str()) => {}
                Some(_) if ["apiVersion", "kind"].contains(&member.name.as_str()) => {}
                Some(_) if member.name == "metadata" => self.metadata(member),
                _ => self.member(member, at),
            }
            self.path.truncate(before);
        }
        if self.partial {
            return;
        }
        if !given.open {
            for name in at.schema.required.iter().filter(|name| !has(members, name, at.shape)) {
                let before = self.path.len();
                self.enter(name);
                self.say(given, "is missing, and required".to_owned(), String::new());
                self.path.truncate(before);
            }
            self.count(given, members.len(), [at.schema.min_properties, at.schema.max_properties], "field");
        }
        self.combined(given, at);
    }

    fn metadata(&mut self, member: &Member) {
        if !matches!(member.value.data, Data::Map(_) | Data::Computed | Data::Null) {
            self.say(&member.value, "has to be a map".to_owned(), member.value.data.kind());
        }
    }

    fn member(&mut self, member: &Member, at: At) {
        // A part of a patch that says what to do, and is no field.
        let is_directive = self.partial && member.name.starts_with('$');
        if is_directive || member.name.contains("{{") {
            return;
        }
        match at.schema.field(&member.name) {
            // As good as not there, where it may not be null.
            Some(_) if matches!(member.value.data, Data::Null) => {}
            Some(schema) => {
                let shape = if at.logic { at.shape.field(&member.name).unwrap_or(schema) } else { schema };
                self.node(&member.value, At { schema, shape, ..at });
            }
            None if at.logic || self.keeps_unknown || at.schema.is_open() => {}
            None => self.found.push(Violation {
                at: member.at.clone(),
                path: self.path.clone(),
                wrong: "is not a field that it knows, and would be dropped silently".to_owned(),
                got: String::new(),
                known: at.schema.properties.keys().cloned().collect(),
            }),
        }
    }

    fn list(&mut self, given: &Given, items: &[Given], at: At) {
        for (index, item) in items.iter().enumerate() {
            let before = self.path.len();
            self.path += &format!("[{index}]");
            if let Some(schema) = at.schema.items.as_deref() {
                let shape = if at.logic { at.shape.items.as_deref().unwrap_or(schema) } else { schema };
                self.node(item, At { schema, shape, ..at });
            }
            self.path.truncate(before);
        }
        if !self.partial && !given.open {
            self.count(given, items.len(), [at.schema.min_items, at.schema.max_items], "item");
        }
    }

    fn count(&mut self, given: &Given, count: usize, limits: [Option<usize>; 2], what: &str) {
        let counted = |limit: usize| format!("{limit} {what}{}", if limit == 1 { "" } else { "s" });
        match limits {
            [Some(least), _] if count < least => {
                self.say(given, format!("has to have {} at least", counted(least)), count.to_string());
            }
            [_, Some(most)] if count > most => {
                self.say(given, format!("has to have {} at most", counted(most)), count.to_string());
            }
            _ => {}
        }
    }

    fn text(&mut self, given: &Given, text: &str, schema: &Schema) {
        self.count(given, text.chars().count(), [schema.min_length, schema.max_length], "character");
        if let Some(pattern) = &schema.pattern
            // A pattern that this reader of them does not know says nothing.
            && matches!(crate::expr::is_match(pattern, text), Ok(false))
        {
            self.say(given, format!("has to fit the pattern `{pattern}`"), given.data.shown());
        }
        if let Some(format) = schema.format.as_deref().filter(|format| !has_format(text, format)) {
            self.say(given, format!("has to be written as {format}"), given.data.shown());
        }
    }

    fn number(&mut self, given: &Given, number: f64, schema: &Schema) {
        let mut say = |wrong: String| self.say(given, wrong, given.data.shown());
        match (schema.minimum, schema.exclusive_minimum) {
            (Some(least), false) if number < least => say(format!("has to be {least} at least")),
            (Some(least), true) if number <= least => say(format!("has to be more than {least}")),
            _ => {}
        }
        match (schema.maximum, schema.exclusive_maximum) {
            (Some(most), false) if number > most => say(format!("has to be {most} at most")),
            (Some(most), true) if number >= most => say(format!("has to be less than {most}")),
            _ => {}
        }
        if let Some(step) = schema.multiple_of.filter(|step| *step > 0.0 && (number / step).fract().abs() > 1e-9) {
            say(format!("has to be a multiple of {step}"));
        }
    }

    fn one_of_values(&mut self, given: &Given, schema: &Schema) {
        let Some(values) = &schema.values else { return };
        if !values.iter().any(|value| given.data.is(value)) {
            let names: Vec<String> = values.iter().map(|value| format!("`{}`", plain(value))).collect();
            self.say(given, format!("has to be one of {}", names.join(", ")), given.data.shown());
        }
    }

    /// `allOf`, `anyOf`, `oneOf` and `not`, which only limit what the shape allows.
    fn combined(&mut self, given: &Given, at: At) {
        let schema = at.schema;
        for one in &schema.all_of {
            self.node(given, at.logic(one));
        }
        if given.open {
            return;
        }
        let fitting = |all: &[Schema]| all.iter().filter(|one| self.fits(given, at.logic(one))).count();
        let mut wrong = Vec::new();
        if !schema.any_of.is_empty() && fitting(&schema.any_of) == 0 {
            wrong.push(among(given, &schema.any_of, at.shape, "at least"));
        }
        if !schema.one_of.is_empty() && fitting(&schema.one_of) != 1 {
            wrong.push(among(given, &schema.one_of, at.shape, "exactly"));
        }
        if schema.not.as_deref().is_some_and(|not| self.fits(given, at.logic(not))) {
            wrong.push("is of a form that is not allowed".to_owned());
        }
        wrong.into_iter().for_each(|wrong| self.say(given, wrong, String::new()));
    }

    fn fits(&self, given: &Given, at: At) -> bool {
        let mut apart = Check { partial: false, keeps_unknown: true, path: String::new(), found: Vec::new() };
        apart.node(given, at);
        apart.found.is_empty()
    }

    fn enter(&mut self, name: &str) {
        let simple = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_/$".contains(c));
        match simple {
            true if self.path.is_empty() => self.path += name,
            true => self.path += &format!(".{name}"),
            false => self.path += &format!("[\"{name}\"]"),
        }
    }

    fn say(&mut self, given: &Given, wrong: String, got: String) {
        let path = if self.path.is_empty() { "the object".to_owned() } else { self.path.clone() };
        self.found.push(Violation { at: given.at.clone(), path, wrong, got, known: Vec::new() });
    }
}

/// Whether a field is there, or has a value by default.
fn has(members: &[Member], name: &str, shape: &Schema) -> bool {
    let field = shape.properties.get(name);
    let nullable = field.is_some_and(|field| field.nullable);
    members.iter().any(|member| member.name == *name && (nullable || !matches!(member.value.data, Data::Null)))
        || field.is_some_and(|field| field.default.is_some())
}

/// What a schema wants that data is not.
fn wrong_type(data: &Data, schema: &Schema) -> Option<&'static str> {
    let whole = |data: &Data| match data {
        Data::Int(_) => true,
        Data::Float(float) => float.fract() == 0.0,
        _ => false,
    };
    if schema.int_or_string {
        return (!whole(data) && !matches!(data, Data::Str(_))).then_some("an integer or a text");
    }
    let (fits, wants) = match schema.kind? {
        Kind::Object => (matches!(data, Data::Map(_)), "a map"),
        Kind::Array => (matches!(data, Data::List(_)), "a list"),
        Kind::String => (matches!(data, Data::Str(_)), "a text"),
        Kind::Integer => (whole(data), "an integer"),
        Kind::Number => (matches!(data, Data::Int(_) | Data::Float(_)), "a number"),
        Kind::Boolean => (matches!(data, Data::Bool(_)), "true or false"),
    };
    (!fits).then_some(wants)
}

fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// What is wrong with a value that fits none or too many of `all`, told by the fields that they are about.
fn among(given: &Given, all: &[Schema], shape: &Schema, how_many: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    all.iter().for_each(|one| asked_for(one, &mut names));
    let there = match &given.data {
        Data::Map(members) => names.iter().filter(|name| has(members, name, shape)).count(),
        _ => 0,
    };
    let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (names.len(), there) {
        (0 | 1, _) => format!("has to be of {how_many} one of the {} forms that its schema lists", all.len()),
        (_, 0) => format!("has to have one of {listed}"),
        _ => format!("can have but one of {listed}"),
    }
}

/// The fields that a schema asks for, or forbids.
fn asked_for<'s>(schema: &'s Schema, names: &mut Vec<&'s str>) {
    for name in &schema.required {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let groups = [&schema.all_of, &schema.any_of, &schema.one_of].into_iter().flatten();
    groups.chain(schema.not.as_deref()).for_each(|below| asked_for(below, names));
}

/// Whether a text is of a format, of those that are simple to tell; all others are taken to fit.
fn has_format(text: &str, format: &str) -> bool {
    let digits = |text: &str, lengths: &[usize]| {
        let parts: Vec<&str> = text.split('-').collect();
        parts.len() == lengths.len() && parts.iter().zip(lengths).all(|(part, len)| part.len() == *len)
    };
    match format {
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "date" => digits(text, &[4, 2, 2]) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
        "uuid" => {
            let compact = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
            compact || digits(text, &[8, 4, 4, 4, 12]) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Crds;
    use super::*;

    /// JSON as it would be given, all of it at one place.
    fn given(json: &Json) -> Given {
        let data = match json {
            Json::Null => Data::Null,
            Json::Bool(bool) => Data::Bool(*bool),
            Json::Number(n) if n.is_f64() => Data::Float(n.as_f64().unwrap()),
            Json::Number(n) => Data::Int(n.as_i64().unwrap().into()),
            Json::String(text) if text.contains("{{") => Data::Computed,
            Json::String(text) => Data::Str(text.clone()),
            Json::Array(items) => Data::List(items.iter().map(given).collect()),
            Json::Object(map) => {
                Data::Map(map.iter().map(|(name, value)| Member { name: name.clone(), at: 0..1, value: given(value) }).collect())
            }
        };
        let open = json.as_object().is_some_and(|map| map.keys().any(|key| key.contains("{{")));
        Given { at: 0..1, data, open }
    }

    fn yaml(text: &str) -> Json {
        let draft = crate::yaml::draft::Draft::new(text, crate::yaml::syntax::parse(text).unwrap());
        crate::yaml::value::to_json(&draft.data(draft.docs[0]))
    }

    /// What is said of `spec`, by a schema of it.
    fn said_of(schema: &str, spec: &str, partial: bool) -> Vec<String> {
        let crd = serde_json::json!({
            "kind": "CustomResourceDefinition",
            "apiVersion": "apiextensions.k8s.io/v1",
            "spec": { "group": "demo.dev", "names": { "kind": "Thing" }, "versions": [{ "name": "v1", "served": true, "schema": {
                "openAPIV3Schema": { "type": "object", "properties": { "spec": yaml(schema) } } } }] }
        });
        let mut crds = Crds::default();
        let read = crds.read(&crd.to_string());
        assert_eq!((read.found, read.said), (1, vec![]), "{schema}");
        let object = serde_json::json!({ "apiVersion": "demo.dev/v1", "kind": "Thing", "metadata": {}, "spec": yaml(spec) });
        let version = crds.of("demo.dev", "Thing").unwrap().served("v1").unwrap();
        check(&given(&object), version, partial).iter().map(ToString::to_string).collect()
    }

    fn said(schema: &str, spec: &str) -> String {
        said_of(schema, spec, false).join(" + ")
    }

    #[test]
    fn types() {
        let no = |kind: &str, value: &str| said(&format!("type: {kind}"), value);
        assert_eq!(no("object", "[1]"), "`spec` has to be a map, not a list");
        assert_eq!(no("array", "{}"), "`spec` has to be a list, not a map");
        assert_eq!(no("string", "1"), "`spec` has to be a text, not `1`");
        assert_eq!(no("integer", "'80'"), "`spec` has to be an integer, not the text `80`");
        assert_eq!(no("integer", "1.5"), "`spec` has to be an integer, not `1.5`");
        assert_eq!(no("boolean", "1"), "`spec` has to be true or false, not `1`");
        let fine =
            [("integer", "1.0"), ("number", "1"), ("number", "0.5"), ("string", "x"), ("boolean", "true"), ("array", "[]")];
        for (kind, value) in fine {
            assert_eq!(no(kind, value), "");
        }
        let either = "x-kubernetes-int-or-string: true\nanyOf: [{type: integer}, {type: string}]";
        assert_eq!((said(either, "1"), said(either, "x")), (String::new(), String::new()));
        assert_eq!(said(either, "true"), "`spec` has to be an integer or a text, not `true`");
    }

    #[test]
    fn unknown_fields() {
        let schema = "type: object\nproperties: {a: {type: object, properties: {b: {type: integer}}}, m: {type: object, additionalProperties: {type: string}}, k: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {n: {type: integer}}}, bare: {type: object}, any: {}}";
        let dropped = "is not a field that it knows, and would be dropped silently";
        assert_eq!(said(schema, "{a: {b: 1, c: 2}, d: null}"), format!("`spec.a.c` {dropped} + `spec.d` {dropped}"));
        assert_eq!(said(schema, "{m: {x: y, z.dev/w: 1}}"), "`spec.m[\"z.dev/w\"]` has to be a text, not `1`");
        assert_eq!(said(schema, "{k: {o: 1, n: x}}"), "`spec.k.n` has to be an integer, not the text `x`");
        assert_eq!(said(schema, "{bare: {x: 1}}"), format!("`spec.bare.x` {dropped}"));
        assert_eq!(said(schema, "{any: {x: 1}, '{{ include }}': 1, m: '{{ .x }}'}"), "");
        let object = "type: object\nx-kubernetes-embedded-resource: true\nproperties: {spec: {type: object}}";
        assert_eq!(said(object, "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {}}"), "");
        assert_eq!(said(object, "{metadata: []}"), "`spec.metadata` has to be a map, not a list");
    }

    #[test]
    fn required_null_and_default() {
        let schema = "type: object\nrequired: [a, b]\nproperties: {a: {type: string}, b: {type: string, default: x}, n: {type: string, nullable: true}, l: {type: array, items: {type: string}}}";
        assert_eq!(said(schema, "{}"), "`spec.a` is missing, and required");
        assert_eq!(said(schema, "{a: null}"), "`spec.a` is missing, and required");
        assert_eq!(said(schema, "{a: x, n: null}"), "");
        assert_eq!(said(schema, "{a: x, l: [null]}"), "`spec.l[0]` has to be a text, not null");
        assert_eq!(said(schema, "{'{{ include }}': 1}"), "", "it may come from the template");
    }

    #[test]
    fn limits() {
        let no = said;
        assert_eq!(no("{type: integer, minimum: 1, maximum: 9}", "0"), "`spec` has to be 1 at least, not `0`");
        assert_eq!(no("{type: integer, minimum: 1, maximum: 9}", "10"), "`spec` has to be 9 at most, not `10`");
        assert_eq!(no("{type: number, minimum: 0, exclusiveMinimum: true}", "0"), "`spec` has to be more than 0, not `0`");
        assert_eq!(no("{type: integer, multipleOf: 5}", "7"), "`spec` has to be a multiple of 5, not `7`");
        assert_eq!(no("{type: string, minLength: 1}", "''"), "`spec` has to have 1 character at least, not 0");
        assert_eq!(no("{type: string, maxLength: 2}", "éé"), "");
        assert_eq!(no("{type: string, pattern: '^[a-z]+$'}", "A1"), "`spec` has to fit the pattern `^[a-z]+$`, not `A1`");
        assert_eq!(no("{type: string, pattern: '(?<x'}", "A1"), "", "a pattern that cannot be read");
        assert_eq!(
            no("{type: array, maxItems: 1, items: {type: integer}}", "[1, 2]"),
            "`spec` has to have 1 item at most, not 2"
        );
        assert_eq!(no("{type: array, minItems: 2, items: {type: integer}}", "[1]"), "`spec` has to have 2 items at least, not 1");
        assert_eq!(no("{type: string, enum: [A, B]}", "C"), "`spec` has to be one of `A`, `B`, not `C`");
        assert_eq!(no("{type: integer, enum: [1, 2]}", "1"), "");
        assert_eq!(no("{type: string, format: ipv4}", "1.2.3"), "`spec` has to be written as ipv4, not `1.2.3`");
        assert_eq!(no("{type: string, format: some-other}", "1.2.3"), "");
        let fields = "{type: object, minProperties: 1, additionalProperties: true}";
        assert_eq!(no(fields, "{}"), "`spec` has to have 1 field at least, not 0");
    }

    #[test]
    fn one_of_several() {
        let schema = "type: object\nproperties: {a: {type: string}, b: {type: string}, c: {type: string}}\noneOf: [{not: {anyOf: [{required: [a]}, {required: [b]}]}}, {required: [a]}, {required: [b]}]";
        assert_eq!((said(schema, "{a: x}"), said(schema, "{c: x}")), (String::new(), String::new()));
        assert_eq!(said(schema, "{a: x, b: y}"), "`spec` can have but one of `a`, `b`");
        assert_eq!(said(schema, "{a: x, b: null}"), "", "null is as good as nothing");
        let any = "type: object\nproperties: {a: {type: string}, b: {type: string}}\nanyOf: [{required: [a]}, {required: [b]}]";
        assert_eq!(said(any, "{}"), "`spec` has to have one of `a`, `b`");
        let not = "type: object\nproperties: {a: {type: string}}\nnot: {required: [a]}";
        assert_eq!(said(not, "{a: x}"), "`spec` is of a form that is not allowed");
        let all = "type: object\nproperties: {a: {type: string}}\nallOf: [{properties: {a: {maxLength: 1}}}]";
        assert_eq!(said(all, "{a: xy}"), "`spec.a` has to have 1 character at most, not 2");
        let nested = "type: object\nproperties: {p: {type: object, properties: {q: {type: string, default: z}}}}\nanyOf: [{properties: {p: {required: [q]}}}]";
        assert_eq!(said(nested, "{p: {}}"), "", "what has a default is there");
    }

    #[test]
    fn of_a_patch_types_and_names_alone() {
        let schema = "type: object\nrequired: [a]\nproperties: {a: {type: string}, l: {type: array, minItems: 2, items: {type: integer, minimum: 5}}}";
        assert_eq!(said_of(schema, "{l: [1], $patch: merge}", true), Vec::<String>::new());
        assert_eq!(said_of(schema, "{l: x}", true), ["`spec.l` has to be a list, not the text `x`"]);
        assert_eq!(said_of(schema, "{m: 1}", true).len(), 1);
    }

    #[test]
    fn paths_tell_what_is_alike() {
        let one =
            |path: &str| Violation { at: 0..0, path: path.into(), wrong: String::new(), got: String::new(), known: Vec::new() };
        assert_eq!(one("spec.a[12].b[0]").shape(), "spec.a[].b[]");
        assert_eq!(one("spec[\"x.dev/y\"].b").shape(), "spec[\"x.dev/y\"].b");
        assert_eq!((one("spec.a[12].b[0]").field(), one("spec").field()), ("b".into(), "spec".into()));
    }
}
