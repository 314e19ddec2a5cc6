"""The rule catalogue: one SQL file per rule, one YAML file per parameter, and the small engine that applies them."""
