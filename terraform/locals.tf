data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

# Reads the manifests. All defaults are filled in here, so that no resource needs defaults of its own; all names and
# ARNs are made by convention (common/manifest/names.ts makes the same), so that every policy can be read in the first
# plan.
locals {
  environment = terraform.workspace
  prefix      = "millrace-${local.environment}"
  partition   = data.aws_partition.current.partition

  manifests = {
    for file in fileset(var.functions_folder, "*/function.json") : dirname(file) => merge(
      { memoryMb = 256, network = "private", concurrency = {}, settings = [] },
      jsondecode(file("${var.functions_folder}/${file}")),
    )
  }
  resources         = jsondecode(file("${var.functions_folder}/resources.json"))
  rights            = jsondecode(file("${var.functions_folder}/rights.json"))
  gateway_responses = jsondecode(file("${var.functions_folder}/gateway-responses.json"))

  packages = jsondecode(file("${var.build_folder}/manifest.json")).functions
  # The build's document adds schemas; without one the paths alone make the API.
  gateway_document = fileexists("${var.build_folder}/gateway.json") ? file("${var.build_folder}/gateway.json") : "{}"

  functions = {
    for name, manifest in local.manifests : name => {
      full_name   = "${local.prefix}-${name}"
      description = manifest.description
      timeout     = manifest.timeoutSeconds
      memory      = manifest.memoryMb
      network     = manifest.network
      settings    = manifest.settings
      # The environment's settings come over the manifest's.
      concurrency = merge(
        { reserved = null, provisioned = null },
        manifest.concurrency,
        [for other, limits in var.concurrency : { for kind, limit in limits : kind => limit if limit != null } if other == name]...
      )
      # Invoked asynchronously: two retries, then the function's own dead-letter queue. A stream's records go there too.
      asynchronous = anytrue([for trigger in manifest.triggers : contains(["topic", "bucket", "bus", "schedule", "log-lines"], trigger.type)])
      dead_letters = anytrue([for trigger in manifest.triggers : contains(["topic", "bucket", "bus", "schedule", "log-lines", "table"], trigger.type)])
    }
  }
}
