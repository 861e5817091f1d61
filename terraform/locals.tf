data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

# Reads the manifests. All defaults are filled in here, so that no resource asks again; all names and ARNs are made by
# convention (common/manifest/names.ts makes the same), so that every policy can be read in the first plan.
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
      asynchronous = anytrue([for trigger in manifest.triggers : contains(["topic", "bucket", "bus"], trigger.type)])
      dead_letters = anytrue([for trigger in manifest.triggers : contains(["topic", "bucket", "bus", "table"], trigger.type)])
    }
  }
}

# Triggers
locals {
  triggers = flatten([for name, manifest in local.manifests : [for trigger in manifest.triggers : merge(trigger, { function = name })]])

  routes = [
    for trigger in local.triggers : {
      function = trigger.function
      method   = split(" ", trigger.route)[0]
      path     = split(" ", trigger.route)[1]
      public   = trigger.role == null
      throttle = [for t in lookup(trigger, "throttle", null)[*] : { rate_per_second = t.ratePerSecond, burst = t.burst }]
    } if trigger.type == "http"
  ]

  authorizers = [for trigger in local.triggers : trigger.function if trigger.type == "authorizer"]

  queue_triggers = {
    for trigger in local.triggers : "${trigger.function}/${trigger.queue}" => {
      function            = trigger.function
      queue               = trigger.queue
      batch_size          = lookup(trigger, "batchSize", 10)
      window              = lookup(trigger, "windowSeconds", 0)
      maximum_concurrency = lookup(trigger, "maximumConcurrency", null)
    } if trigger.type == "queue"
  }

  table_triggers = {
    for trigger in local.triggers : "${trigger.function}/${trigger.table}" => {
      function   = trigger.function
      table      = trigger.table
      batch_size = lookup(trigger, "batchSize", 100)
      window     = lookup(trigger, "windowSeconds", 0)
    } if trigger.type == "table"
  }

  topic_triggers = {
    for trigger in local.triggers : "${trigger.function}/${trigger.topic}" => {
      function = trigger.function
      topic    = trigger.topic
      filter   = one([for filter in lookup(trigger, "filter", null)[*] : jsonencode(filter)])
    } if trigger.type == "topic"
  }

  # A bucket has one notification resource, with all that its triggers ask for.
  bucket_triggers = {
    for bucket in keys(local.resources.buckets) : bucket => [
      for trigger in local.triggers : {
        function = trigger.function
        events   = trigger.events
        prefix   = lookup(trigger, "prefix", null)
        suffix   = lookup(trigger, "suffix", null)
      } if trigger.type == "bucket" && lookup(trigger, "bucket", "") == bucket
    ]
  }

  bus_triggers = merge(flatten([
    for name, manifest in local.manifests : [
      for index, pattern in [for trigger in manifest.triggers : jsonencode(trigger.pattern) if trigger.type == "bus"] :
      { "${name}-${index + 1}" = { function = name, pattern = pattern } }
    ]
  ])...)
}

# Grants: what access says and what triggers bring; common/manifest/grants.ts reads the manifests the same way.
locals {
  grants = flatten([
    for function, manifest in local.manifests : concat(
      flatten([
        for kind, names in manifest.access : [
          for name, rights in names : [for right in flatten([rights]) : { function = function, kind = kind, name = name, right = right }]
        ]
      ]),
      flatten([
        for trigger in manifest.triggers : [
          { function = function, kind = "queues", name = trigger.queue, right = "consume" },
          { function = function, kind = "queues", name = "${trigger.queue}-dead", right = "send" },
        ] if trigger.type == "queue"
      ]),
      [for trigger in manifest.triggers : { function = function, kind = "tables", name = trigger.table, right = "stream" } if trigger.type == "table"],
      [for own in [function] : { function = function, kind = "queues", name = "${own}-dead", right = "send" } if local.functions[own].dead_letters],
    )
  ])

  at = { for service in ["dynamodb", "events", "kms", "lambda", "sns", "sqs"] : service => "arn:${local.partition}:${service}:${var.region}:${var.account_id}" }

  statements = {
    for function in keys(local.manifests) : function => [
      for grant in local.grants : {
        actions = [for action in local.rights[grant.kind].rights[grant.right] : "${local.rights[grant.kind].service}:${action}"]
        resources = {
          tables = grant.right == "stream" ? [
            "${local.at.dynamodb}:table/${local.prefix}-${grant.name}/stream/*",
            ] : [
            "${local.at.dynamodb}:table/${local.prefix}-${grant.name}",
            "${local.at.dynamodb}:table/${local.prefix}-${grant.name}/index/*",
          ]
          queues = ["${local.at.sqs}:${local.prefix}-${grant.name}"]
          topics = ["${local.at.sns}:${local.prefix}-${grant.name}"]
          # Listing is a right on the bucket, all others are on its objects.
          buckets = ["arn:${local.partition}:s3:::${local.prefix}-${grant.name}-${var.account_id}${grant.right == "list" ? "" : "/*"}"]
          buses   = ["${local.at.events}:event-bus/${local.prefix}-${grant.name}"]
          # A key's own id is known only after it is made; the alias narrows this.
          keys = ["${local.at.kms}:key/*"]
        }[grant.kind]
        request_alias = grant.kind == "keys" ? "alias/${local.prefix}-${grant.name}" : null
      } if grant.function == function
    ]
  }

  # What a grant may name: a slip of the pen in a manifest is found by guard.tf.
  declared = {
    tables  = keys(local.resources.tables)
    queues  = concat(flatten([for queue in keys(local.resources.queues) : [queue, "${queue}-dead"]]), [for name, function in local.functions : "${name}-dead" if function.dead_letters])
    topics  = keys(local.resources.topics)
    buckets = keys(local.resources.buckets)
    buses   = keys(local.resources.buses)
    keys    = keys(local.resources.keys)
  }

  environment_variables = {
    for function, manifest in local.manifests : function => merge(
      {
        ENVIRONMENT                  = local.environment
        NODE_OPTIONS                 = "--enable-source-maps"
        POWERTOOLS_SERVICE_NAME      = function
        POWERTOOLS_METRICS_NAMESPACE = "Millrace"
      },
      # Merged one by one: two rights on one resource give one variable.
      merge([
        for grant in local.grants : {
          "${upper(replace(grant.name, "-", "_"))}_${local.rights[grant.kind].variable}" = {
            tables  = "${local.prefix}-${grant.name}"
            queues  = "https://sqs.${var.region}.amazonaws.com/${var.account_id}/${local.prefix}-${grant.name}"
            topics  = "${local.at.sns}:${local.prefix}-${grant.name}"
            buckets = "${local.prefix}-${grant.name}-${var.account_id}"
            buses   = "${local.prefix}-${grant.name}"
            keys    = "alias/${local.prefix}-${grant.name}"
          }[grant.kind]
        } if grant.function == function && grant.right != "stream"
      ]...),
      { for name in manifest.settings : name => local.settings[name] },
    )
  }
}
