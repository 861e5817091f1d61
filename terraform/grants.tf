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

  at = { for service in ["dynamodb", "events", "firehose", "kms", "lambda", "secretsmanager", "sns", "sqs"] : service => "arn:${local.partition}:${service}:${var.region}:${var.account_id}" }

  statements = {
    for function, manifest in local.manifests : function => concat([
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
          # Listings are rights on the bucket, all others are on its objects.
          buckets = ["arn:${local.partition}:s3:::${local.prefix}-${grant.name}-${var.account_id}${contains(["list", "versions"], grant.right) ? "" : "/*"}"]
          buses   = ["${local.at.events}:event-bus/${local.prefix}-${grant.name}"]
          # How many there are is a setting.
          streams = ["${local.at.firehose}:deliverystream/${local.prefix}-${grant.name}", "${local.at.firehose}:deliverystream/${local.prefix}-${grant.name}-*"]
          # A key's own id is known only after it is made; the alias narrows this.
          keys = ["${local.at.kms}:key/*"]
          # Secrets Manager adds six characters of its own.
          secrets = ["${local.at.secretsmanager}:secret:${local.prefix}-${grant.name}-??????"]
          # A workgroup is used through sessions of its reader's role alone.
          athena = ["arn:${local.partition}:iam::${var.account_id}:role${var.role_path}${local.prefix}-${grant.name}-reader"]
        }[grant.kind]
        request_alias = grant.kind == "keys" ? "alias/${local.prefix}-${grant.name}" : null
      } if grant.function == function
      ], [
      # The bus that a setting names instead of the platform's.
      for sink in compact([var.business_event_sink]) : {
        actions       = ["events:PutEvents"]
        resources     = [sink]
        request_alias = null
      } if contains(manifest.settings, "BUSINESS_EVENT_SINK")
    ])
  }

  # The names that a grant may use; guard.tf refuses any other, such as a misspelt one.
  declared = {
    tables  = keys(local.resources.tables)
    queues  = concat(flatten([for queue in keys(local.resources.queues) : [queue, "${queue}-dead"]]), [for name, function in local.functions : "${name}-dead" if function.dead_letters])
    topics  = keys(local.resources.topics)
    buckets = keys(local.resources.buckets)
    buses   = keys(local.resources.buses)
    keys    = keys(local.resources.keys)
    streams = keys(local.resources.streams)
    athena  = keys(lookup(local.resources, "athena", {}))
    secrets = keys(local.secrets)
  }

  environment_variables = {
    for function, manifest in local.manifests : function => merge(
      {
        ENVIRONMENT                  = local.environment
        NODE_OPTIONS                 = "--enable-source-maps"
        POWERTOOLS_SERVICE_NAME      = function
        POWERTOOLS_METRICS_NAMESPACE = local.prefix
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
            streams = "${local.prefix}-${grant.name}"
            secrets = "${local.prefix}-${grant.name}"
            athena  = "arn:${local.partition}:iam::${var.account_id}:role${var.role_path}${local.prefix}-${grant.name}-reader"
          }[grant.kind]
        } if grant.function == function && grant.right != "stream"
      ]...),
      # Where a workgroup's sessions find what they query, and leave results.
      {
        for grant in local.grants : "${upper(replace(local.resources.athena[grant.name].bucket, "-", "_"))}_${local.rights.buckets.variable}" => "${local.prefix}-${local.resources.athena[grant.name].bucket}-${var.account_id}"
        if grant.function == function && grant.kind == "athena"
      },
      { for name in manifest.settings : name => local.settings[name] },
    )
  }
}
