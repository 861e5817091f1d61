# What `terraform validate` does not see: unused declarations, missing types, deprecated syntax.
plugin "terraform" {
  enabled = true
  preset  = "recommended"
}
