//! yamlift lifts YAML to the next version of what it configures, without losing a comment.
