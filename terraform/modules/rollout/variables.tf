variable "name" {
  description = "The CodeDeploy application's name, `millrace-<environment>`."
  type        = string
}

variable "region" {
  description = "AWS region of the functions."
  type        = string
}

variable "functions" {
  description = "Functions by their folders: the full name, and the alarms that end a roll-out and take it back."
  type        = map(object({ name = string, alarms = list(string) }))
}

variable "shift" {
  description = "How an alias moves: the name of a CodeDeploy deployment configuration for Lambda."
  type        = string

  validation {
    condition     = can(regex("^CodeDeployDefault\\.Lambda(AllAtOnce|(Canary|Linear)10Percent.*[0-9]+Minutes?)$", var.shift))
    error_message = "shift must be one of CodeDeploy's own configurations for Lambda, such as CodeDeployDefault.LambdaCanary10Percent5Minutes."
  }

  validation {
    condition     = endswith(var.shift, "AllAtOnce") || alltrue([for function in values(var.functions) : length(function.alarms) > 0])
    error_message = "A gradual shift needs an alarm of each function: without one nothing would end it."
  }
}

variable "role_path" {
  description = "IAM path of the role, such as `/millrace/`."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([\\w+=,.@-]+/)*$", var.role_path))
    error_message = "The path must begin and end with a slash."
  }
}

variable "permissions_boundary_arn" {
  description = "Policy beyond which the role can do nothing, whatever its own policy grants; null: none."
  type        = string
  default     = null
}

variable "role_tags" {
  description = "Tags of the role, beside the provider's."
  type        = map(string)
  default     = {}
}
