# A plan fails here, before anything is touched.
resource "terraform_data" "guard" {
  input = local.environment

  lifecycle {
    precondition {
      condition     = local.environment != "default"
      error_message = "The default workspace is no environment. Select one: terraform workspace select -or-create dev"
    }

    precondition {
      condition     = local.environment == var.environment
      error_message = "These are the settings of ${var.environment}, and the workspace is ${local.environment}. Use -var-file=environments/${local.environment}.tfvars"
    }

    precondition {
      condition     = data.aws_caller_identity.current.account_id == var.account_id
      error_message = "The credentials are of account ${data.aws_caller_identity.current.account_id}, and ${var.environment} belongs in ${var.account_id}."
    }

    precondition {
      condition     = local.environment != "prd" || var.domain != null
      error_message = "prd needs a domain: callers must not depend on an address that goes with the API."
    }

    precondition {
      condition     = local.route_throttle.rate_per_second >= local.plans_together.rate_per_second && local.route_throttle.burst >= local.plans_together.burst
      error_message = "route_throttle is ${local.route_throttle.rate_per_second}/s, burst ${local.route_throttle.burst}; the plans together need ${local.plans_together.rate_per_second}/s, burst ${local.plans_together.burst}."
    }

    precondition {
      condition     = local.requests_per_address >= local.largest_plan_per_address
      error_message = "The firewall lets an address send ${local.requests_per_address} requests in five minutes; the largest plan needs ${local.largest_plan_per_address}."
    }

    precondition {
      condition = alltrue([for grant in local.grants : contains(local.declared[grant.kind], grant.name)])
      error_message = "Not in resources.json: ${join(", ", [
        for grant in local.grants : "${grant.kind}.${grant.name} (${grant.function})" if !contains(local.declared[grant.kind], grant.name)
      ])}."
    }

    precondition {
      condition = alltrue([for queue, timeouts in local.consumer_timeouts : alltrue([for timeout in timeouts : local.queue_visibility[queue] >= timeout])])
      error_message = "visibilitySeconds is below a consumer's time-out, which Lambda refuses: ${join(", ", [
        for queue, timeouts in local.consumer_timeouts : queue if anytrue([for timeout in timeouts : local.queue_visibility[queue] < timeout])
      ])}."
    }

    precondition {
      condition     = length(setsubtract(keys(local.resources.streams), keys(local.stream_functions))) == 0
      error_message = "Streams that no function transforms: ${join(", ", setsubtract(keys(local.resources.streams), keys(local.stream_functions)))}."
    }

    precondition {
      condition     = length(local.authorizers) == 1
      error_message = "Exactly one function has the trigger authorizer; found: ${join(", ", local.authorizers)}."
    }

    precondition {
      condition     = length(setsubtract(keys(local.resources.settings), keys(local.settings))) == 0
      error_message = "Settings without a value in settings.tf: ${join(", ", setsubtract(keys(local.resources.settings), keys(local.settings)))}."
    }

    precondition {
      condition     = length(setsubtract(keys(var.table_warmth), keys(local.resources.tables))) == 0
      error_message = "table_warmth names tables that are not there: ${join(", ", setsubtract(keys(var.table_warmth), keys(local.resources.tables)))}."
    }

    precondition {
      condition     = length(setsubtract(keys(var.concurrency), keys(local.manifests))) == 0
      error_message = "concurrency names functions that are not there: ${join(", ", setsubtract(keys(var.concurrency), keys(local.manifests)))}."
    }
  }
}
