//! JSON Schema, as far as the schemas of this repository and its tests use it.
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::HashMap;

/// What is wrong with `value`, the first thing, by the part of JSON Schema that the schemas use.
pub fn wrong(schema: &Json, part: &Json, value: &Json) -> Option<String> {
    for (keyword, wants) in part.as_object().expect("a schema") {
        let all = || wants.as_array().expect("a list").iter();
        let fits = |part: &Json| wrong(schema, part, value).is_none();
        let found = match keyword.as_str() {
            "$ref" => {
                let name = wants.as_str().and_then(|to| to.strip_prefix("#/$defs/")).expect("a reference");
                wrong(schema, &schema["$defs"][name], value)
            }
            "type" if wants.is_array() => (!all().any(|one| is(one, value))).then(|| format!("{value} is no {wants}")),
            "type" => (!is(wants, value)).then(|| format!("{value} is no {wants}")),
            "enum" => (!all().any(|one| one == value)).then(|| format!("{value} is none of {wants}")),
            "const" => (wants != value).then(|| format!("{value} is not {wants}")),
            "oneOf" => (all().filter(|one| fits(one)).count() != 1).then(|| {
                let nearest = all().filter_map(|one| wrong(schema, one, value)).max_by_key(String::len).unwrap_or_default();
                format!("not one of several: {nearest}")
            }),
            "anyOf" => (!all().any(fits)).then(|| format!("{value} is none of several")),
            "pattern" => value.as_str().and_then(|text| {
                let pattern = wants.as_str().expect("a pattern");
                (!is_match(pattern, text)).then(|| format!("`{text}` is not like {pattern}"))
            }),
            "items" => value.as_array().and_then(|items| items.iter().find_map(|item| wrong(schema, wants, item))),
            "maxLength" => value
                .as_str()
                .and_then(|text| (text.chars().count() > length(wants)).then(|| format!("longer than {wants}: {text}"))),
            "minimum" => (value.as_u64() < wants.as_u64()).then(|| format!("{value} is less than {wants}")),
            "minItems" => {
                value.as_array().and_then(|items| (items.len() < length(wants)).then(|| format!("{value} is too short")))
            }
            "maxItems" => {
                value.as_array().and_then(|items| (items.len() > length(wants)).then(|| format!("{value} is too long")))
            }
            "required" => value.as_object().and_then(|map| {
                let missing = all().find(|key| !map.contains_key(key.as_str().expect("a key")))?;
                Some(format!("{missing} is missing in {value}"))
            }),
            "propertyNames" => value.as_object().and_then(|map| map.keys().find_map(|key| wrong(schema, wants, &json!(key)))),
            "properties" => value.as_object().and_then(|map| {
                let known = map.iter().filter_map(|(key, value)| Some((key, wants.get(key)?, value)));
                known.into_iter().find_map(|(key, part, value)| Some(format!("{key}: {}", wrong(schema, part, value)?)))
            }),
            "additionalProperties" => value.as_object().and_then(|map| {
                let known = &part["properties"];
                map.iter().filter(|(key, _)| known.get(key).is_none()).find_map(|(key, value)| match wants {
                    Json::Bool(false) => Some(format!("unknown key {key}")),
                    part => wrong(schema, part, value),
                })
            }),
            "$schema" | "$defs" | "title" | "description" | "default" => None,
            other => panic!("this test does not know `{other}`"),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn is_match(pattern: &str, text: &str) -> bool {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, regex::Regex>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        let compiled = || regex::Regex::new(pattern).expect("a pattern");
        known.entry(pattern.to_owned()).or_insert_with(compiled).is_match(text)
    })
}

fn length(wants: &Json) -> usize {
    usize::try_from(wants.as_u64().expect("a number")).expect("a small one")
}

fn is(kind: &Json, value: &Json) -> bool {
    match kind.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("this test does not know the type {other}"),
    }
}
