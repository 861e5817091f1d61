output "api_url" {
  description = "Where callers reach the API."
  value       = module.api.url
}

output "token_issuer" {
  description = "The issuer whose tokens are taken."
  value       = local.tokens.issuer
}

output "sign_in_url" {
  description = "The user pool's sign-in page; null without a pool."
  value       = one(module.user_pool[*].sign_in_url)
}

output "client_id" {
  description = "The console's client at the user pool; null without a pool."
  value       = one(module.user_pool[*].client_id)
}

output "release_version" {
  description = "What is deployed."
  value       = var.release_version
}

output "rollouts" {
  description = "By function: its full name, its alias, the version to move it to, and the CodeDeploy application and group that do so."
  value = {
    for name, function in module.function : name => {
      function    = function.name
      alias       = function.qualifier
      version     = function.version
      application = module.rollout.application
      group       = module.rollout.groups[name]
    }
  }
}

output "alarm_topic_arn" {
  description = "The topic that alarms go to; null without alarms."
  value       = one(module.alarms[*].topic_arn)
}

output "alarm_kinds" {
  description = "Entries of the runbook that the alarms link to."
  value       = flatten(module.alarms[*].kinds)
}
