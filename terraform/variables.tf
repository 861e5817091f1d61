# Where

variable "environment" {
  description = "The workspace that these settings are for; another workspace refuses them."
  type        = string

  validation {
    # `millrace-<environment>-` and a function's name have to fit into 64 characters.
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.environment)) && var.environment != "default"
    error_message = "An environment is 2 to 16 lower-case letters, digits and hyphens, and not `default`."
  }
}

variable "account_id" {
  description = "The AWS account that this environment belongs in; any other is refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "region" {
  description = "AWS region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "This is no AWS region, such as eu-central-1."
  }
}

# What is deployed

variable "functions_folder" {
  description = "Folder with the functions' manifests, from where Terraform runs."
  type        = string
  default     = "../functions"
}

variable "build_folder" {
  description = "Folder with manifest.json and the zips that the build made. An earlier release's folder brings that release back."
  type        = string
  default     = "../dist"
}

variable "release_version" {
  description = "The version that GET /health answers."
  type        = string
  default     = "unreleased"
}

# Sizes

variable "concurrency" {
  description = "Reserved and provisioned concurrency by function, over its manifest's."
  type        = map(object({ reserved = optional(number), provisioned = optional(number) }))
  default     = {}
}

variable "rollout" {
  description = "How aliases move to a new version: a CodeDeploy configuration such as CodeDeployDefault.LambdaLinear10PercentEvery1Minute; null: a tenth first and the rest after five minutes where there are alarms, else at once."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days that log groups keep their lines."
  type        = number
  default     = 14

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

# Data

variable "deletion_protection" {
  description = "Whether AWS refuses to delete tables, buckets with objects and the user pool."
  type        = bool
  default     = true
}

variable "recovery_days" {
  description = "Days back to which tables can be restored."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35
    error_message = "recovery_days must be 1 to 35."
  }
}

variable "table_ceiling" {
  description = "Read and write request units per second beyond which DynamoDB refuses calls on a table: a bound for the bill. Null: the account's quota, 40,000 each."
  type        = object({ read_units = number, write_units = number })
  default     = { read_units = 12000, write_units = 4000 }
}

variable "table_warmth" {
  description = "By table, units per second that it takes at once, for a peak that is known before. Paid for once, and not to be lowered or taken out again."
  type        = map(object({ read_units = number, write_units = number }))
  default     = {}
}

variable "infrequent_access_days" {
  description = "Days after which a bucket's objects move to cheaper storage."
  type        = number
  default     = 90

  validation {
    condition     = var.infrequent_access_days >= 30
    error_message = "S3 moves an object after 30 days at the earliest."
  }
}

variable "log_streams" {
  description = "Delivery streams that log messages are spread over, by organization. One has 500 folders open at once: 31 busy organizations; AWS gives up to 5,000 on request."
  type        = number
  default     = 1

  validation {
    condition     = var.log_streams >= 1 && var.log_streams <= 100 && floor(var.log_streams) == var.log_streams
    error_message = "log_streams must be a whole number from 1 to 100."
  }
}

variable "log_days" {
  description = "Days back that a log message's own time counts; an older one counts at its arrival."
  type        = number
  default     = 400

  validation {
    condition     = var.log_days >= 1 && var.log_days <= 36500
    error_message = "log_days must be 1 to 36,500."
  }
}

# Cleansing

variable "cleanser_url" {
  description = "Origin and path of the vendor that cleanses transactions; empty: the rules alone do. Its secret is put into the secret `millrace-<environment>-cleanser` by a person."
  type        = string
  default     = ""

  validation {
    condition     = var.cleanser_url == "" || can(regex("^https://[^@]+$", var.cleanser_url))
    error_message = "cleanser_url must be an https URL without a user name."
  }
}

variable "cleanser_monthly_max" {
  description = "Transactions that the vendor is asked about in a calendar month (UTC); the rules alone cleanse the rest. Null: any number."
  type        = number
  default     = null

  validation {
    condition     = var.cleanser_monthly_max == null ? true : var.cleanser_monthly_max >= 0 && floor(var.cleanser_monthly_max) == var.cleanser_monthly_max
    error_message = "cleanser_monthly_max must be a whole number, 0 or more."
  }
}

variable "operator_organization" {
  description = "The organization that gets what the platform logs of work that serves no organization; its tokens with logs.read show it."
  type        = string
  default     = "operator"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.operator_organization))
    error_message = "operator_organization must be an organization's id: lower-case letters, digits and dashes."
  }
}

# Network

variable "private_network" {
  description = "Whether functions run in private subnets, as `network` in their manifests says."
  type        = bool
  default     = false
}

variable "network_cidr" {
  description = "Address range of the private network, /16 to /20."
  type        = string
  default     = "10.20.0.0/16"
}

variable "network_zones" {
  description = "Availability zones of the private network, 1 to 3. Each endpoint is paid for in each zone."
  type        = number
  default     = 2
}

variable "network_nat_per_zone" {
  description = "A NAT gateway in each zone instead of one, where some function calls out."
  type        = bool
  default     = false
}

variable "network_endpoints" {
  description = "Endpoints beside those that the manifests' access calls for. X-Ray needs none: Lambda itself hands the segments on."
  type        = set(string)
  default     = []
}

# Roles

variable "role_path" {
  description = "IAM path of every role, such as `/millrace/`."
  type        = string
  default     = "/"
}

variable "permissions_boundary_arn" {
  description = "Policy beyond which no role can do anything; null: none."
  type        = string
  default     = null
}

variable "role_tags" {
  description = "Tags of the roles, beside those that everything has."
  type        = map(string)
  default     = {}
}

# The API

variable "route_throttle" {
  description = "Requests per second and burst of each route whose manifest says nothing else; null: the sum of all plans and a quarter more. Less than that is refused."
  type        = object({ rate_per_second = number, burst = number })
  default     = null
}

variable "organizations" {
  description = "Organizations with a usage plan of their own."
  type        = map(object({ rate_per_second = number, burst = number, quota_per_day = number }))
  default     = {}
}

variable "default_plan" {
  description = "The usage plan that all other organizations share."
  type        = object({ rate_per_second = number, burst = number, quota_per_day = number })
  default     = { rate_per_second = 50, burst = 100, quota_per_day = 1000000 }
}

variable "waf" {
  description = "Whether a firewall stands in front of the API."
  type        = bool
  default     = false
}

variable "waf_requests_per_five_minutes" {
  description = "Requests of one address within five minutes before the firewall answers 429; null: one and a half times what the largest plan allows. Less than that is refused."
  type        = number
  default     = null
}

variable "domain" {
  description = "Custom domain with its certificate's ARN and, if Terraform makes the DNS record, the hosted zone; null: the gateway's own address."
  type = object({
    name            = string
    certificate_arn = string
    hosted_zone_id  = optional(string)
  })
  default = null
}

# Tokens

variable "user_pool" {
  description = "Whether Terraform makes a Cognito user pool whose tokens are taken; otherwise `tokens` names an issuer."
  type        = bool
  default     = false
}

variable "user_pool_callback_urls" {
  description = "Where users come back to after signing in."
  type        = list(string)
  default     = ["http://localhost:4000/"]
}

variable "user_pool_logout_urls" {
  description = "Where users come back to after signing out."
  type        = list(string)
  default     = []
}

variable "tokens" {
  description = "The OIDC issuer whose tokens are taken: its `iss`, the `aud` or `client_id` (several separated by commas), where its keys are (or the keys themselves), `token_use` if it is checked, and the claims with organization and roles."
  type = object({
    issuer             = string
    audience           = string
    jwks_uri           = optional(string, "")
    jwks               = optional(string, "")
    use                = optional(string, "")
    organization_claim = optional(string, "organizationId")
    role_claim         = optional(string, "Role")
  })
  default = null

  validation {
    condition     = (var.tokens == null) == var.user_pool
    error_message = "Either user_pool is true or tokens names an issuer."
  }

  validation {
    condition     = var.tokens == null ? true : startswith(var.tokens.issuer, "https://") && var.tokens.audience != ""
    error_message = "The issuer must be an https URL, and the audience must be named."
  }
}

# Watching

variable "traces" {
  description = "Which requests X-Ray traces: so many a second, and this share of all others."
  type        = object({ per_second = number, share = number })
  default     = { per_second = 1, share = 0.05 }
}

variable "alarms" {
  description = "Whether there are alarms."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to; each has to confirm once."
  type        = list(string)
  default     = []
}

variable "queue_age_seconds" {
  description = "Age of a queue's oldest message that raises an alarm; a queue whose work may take longer has more."
  type        = number
  default     = 300
}

variable "monthly_budget_usd" {
  description = "The account's costs per month, in US dollars, above which a mail is sent; null: no budget. Needs alarms."
  type        = number
  default     = null
}

variable "default_currency" {
  description = "ISO 4217 code of amounts in imported files whose rows name no currency."
  type        = string
  default     = "USD"

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.default_currency))
    error_message = "default_currency must be three capital letters, such as EUR."
  }
}

# Changes

variable "business_event_sink" {
  description = "ARN of the bus that changes of users' files are told on, in this region and account; empty: the platform's bus."
  type        = string
  default     = ""

  validation {
    condition     = var.business_event_sink == "" || can(regex("^arn:[^:]+:events:[^:]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]+$", var.business_event_sink))
    error_message = "business_event_sink must be the ARN of a bus."
  }
}

variable "business_event_source" {
  description = "The source of these events."
  type        = string
  default     = "co.cogo.millrace"

  validation {
    condition     = can(regex("^co\\.cogo\\.[A-Za-z0-9._-]{1,240}$", var.business_event_source))
    error_message = "business_event_source must begin with `co.cogo.`."
  }
}

variable "bus_entry_bytes" {
  description = "Most bytes of an entry on that bus; EventBridge takes less than 1 MB, and some targets no more than 256 KB."
  type        = number
  default     = 240000

  validation {
    condition     = var.bus_entry_bytes >= 2000 && var.bus_entry_bytes <= 990000
    error_message = "bus_entry_bytes must be 2000 to 990000."
  }
}

variable "changes_organization" {
  description = "The organization whose files stand under `users/<userId>.json`; empty: none do."
  type        = string
  default     = ""

  validation {
    condition     = var.changes_organization == "" || can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.changes_organization))
    error_message = "changes_organization must be an organization's id."
  }
}
