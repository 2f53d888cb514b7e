//! placeholder until branch yaml lands
use super::tree::ScalarStyle; use super::value::Value;
pub enum Quote { Plain, Single, Double }
impl PartialEq for Quote { fn eq(&self, o: &Self) -> bool { matches!((self,o),(Quote::Plain,Quote::Plain)) } }
pub fn resolve(_: &str, _: ScalarStyle, _: Option<&str>) -> Value { Value::Null }
pub fn float_text(f: f64) -> String { f.to_string() }
pub fn plain_is_safe(_: &str, _: bool) -> bool { true }
pub fn write_string(t: &str, _: Quote, _: bool) -> String { t.into() }
pub fn write_value_scalar(v: &Value, _: Quote, _: bool) -> String { v.scalar_text() }
