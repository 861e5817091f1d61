variable "name" {
  description = "The alias without `alias/`, `millrace-<environment>-<key>`."
  type        = string
}

variable "description" {
  description = "What the key is for."
  type        = string
}
