//! `set`: another value for a scalar that is there. Quote style and trailing comment stay.
use super::Refused;
use crate::migrate::lens::Located;
use crate::migrate::scope::Spot;
use crate::pack::SetTo;
use crate::yaml::draft::{Body, Draft};
use crate::yaml::value::{Value, from_json, same};

pub fn set(draft: &mut Draft, spot: &Spot, it: &Located, to: &SetTo) -> Result<(), Refused> {
    let new = match to {
        SetTo::Literal(value) => value.clone(),
        SetTo::Text(text) => match spot.typed(draft, text, Some(it))? {
            Some(json) => from_json(&json),
            None => return Err(Refused::at(it.hit.id, format!("the new value, `{}`, is undefined", spot.written_as(text)))),
        },
    };
    if !it.hit.has_value() {
        return Err(Refused::at(it.hit.id, "this entry has no `value` to set"));
    }
    if matches!(new, Value::Map(_) | Value::Seq(_)) {
        return Err(Refused::at(it.hit.id, "only a scalar can be set"));
    }
    let node = draft.resolve(it.hit.id);
    let new = match (&spot.reading.chart, new) {
        (Some(chart), Value::Str(name)) if chart.is_name(draft, node) => {
            Value::Str(chart.renamed(draft, &name).map_err(|why| Refused::at(node, why))?)
        }
        (_, new) => new,
    };
    let Body::Scalar { value, .. } = &draft.node(node).body else {
        return Err(Refused::at(it.hit.id, "this is not a scalar: it cannot be set"));
    };
    if same(value, &new) {
        return Ok(());
    }
    if matches!(value, Value::Str(old) if old.contains("{{")) {
        return Err(Refused::at(it.hit.id, "this value is a template action; what it gives is not known here"));
    }
    draft.set_scalar(node, new);
    Ok(())
}
