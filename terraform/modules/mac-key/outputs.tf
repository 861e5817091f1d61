output "alias" {
  description = "The alias by which functions name the key."
  value       = aws_kms_alias.key.name
}
