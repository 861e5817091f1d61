# Queries of the lake: Glue's tables, whose partitions are projected and so never registered, Athena's workgroups, and a
# role for each whose sessions read one organization's folders. functions/lake-tables.json and reader-roles.json say what
# there is; the local platform reads the same.
locals {
  lake         = jsondecode(fileexists("${var.functions_folder}/lake-tables.json") ? file("${var.functions_folder}/lake-tables.json") : jsonencode({ tables = {}, namedQueries = {} }))
  reader_roles = jsondecode(fileexists("${var.functions_folder}/reader-roles.json") ? file("${var.functions_folder}/reader-roles.json") : "{}")
  workgroups   = lookup(local.resources, "athena", {})

  lake_bucket   = "${local.prefix}-lake-${var.account_id}"
  lake_database = replace("${local.prefix}_logs", "-", "_")

  # Athena lists what a query leaves open, so each range holds no more than there can be.
  projections = {
    environment  = { type = "enum", values = local.environment }
    organization = { type = "injected" }
    year         = { type = "integer", range = "2020,2099" }
    month        = { type = "integer", range = "1,12", digits = "2" }
    day          = { type = "integer", range = "1,31", digits = "2" }
    hour         = { type = "integer", range = "0,23", digits = "2" }
    generation   = { type = "integer", range = "1,999" }
  }

  formats = {
    json = {
      input   = "org.apache.hadoop.mapred.TextInputFormat"
      output  = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
      library = "org.openx.data.jsonserde.JsonSerDe"
      # A field's case does not matter; one line that is no JSON does not fail a query.
      options = { "case.insensitive" = "TRUE", "ignore.malformed.json" = "TRUE" }
    }
    parquet = {
      input   = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
      output  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
      library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      options = {}
    }
  }

  # The roles of the functions that may open sessions of a workgroup's reader.
  session_openers = {
    for workgroup in keys(local.workgroups) : workgroup => [
      for grant in local.grants : "arn:${local.partition}:iam::${var.account_id}:role${var.role_path}${local.functions[grant.function].full_name}"
      if grant.kind == "athena" && grant.name == workgroup
    ]
  }

  # What stands for the words in braces. A tag of the session is IAM's own variable.
  reader_words = {
    for workgroup in keys(local.workgroups) : workgroup => {
      "{lake}"         = "arn:${local.partition}:s3:::${local.lake_bucket}"
      "{environment}"  = local.environment
      "{organization}" = "$${aws:PrincipalTag/organization}"
      "{workgroup}"    = "arn:${local.partition}:athena:${var.region}:${var.account_id}:workgroup/${local.prefix}-${workgroup}"
      "{catalog}"      = "arn:${local.partition}:glue:${var.region}:${var.account_id}:catalog"
      "{database}"     = "arn:${local.partition}:glue:${var.region}:${var.account_id}:database/${local.lake_database}"
      "{table}"        = "arn:${local.partition}:glue:${var.region}:${var.account_id}:table/${local.lake_database}/*"
    }
  }

  # Each resource with its words filled in: the text between the words, and the words, joined in their order.
  reader_statements = {
    for workgroup in keys(local.workgroups) : workgroup => [
      for statement in local.reader_roles["${workgroup}-reader"].statements : merge(statement, {
        resources = [
          for resource in statement.resources : join("", [
            for part in flatten(regexall("\\{[a-z]+\\}|[^{]+", resource)) : lookup(local.reader_words[workgroup], part, part)
          ])
        ]
        prefixes = [
          for prefix in lookup(statement, "prefixes", []) : join("", [
            for part in flatten(regexall("\\{[a-z]+\\}|[^{]+", prefix)) : lookup(local.reader_words[workgroup], part, part)
          ])
        ]
        unless_tag = lookup(statement, "unlessTag", {})
      })
    ]
  }
}

resource "aws_glue_catalog_database" "lake" {
  count = length(local.lake.tables) > 0 ? 1 : 0

  name        = local.lake_database
  description = "The lake's logs in ${local.environment}."
}

resource "aws_glue_catalog_table" "lake" {
  for_each = local.lake.tables

  database_name = aws_glue_catalog_database.lake[0].name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"

  parameters = merge(
    {
      EXTERNAL                    = "TRUE"
      classification              = each.value.form
      "projection.enabled"        = "true"
      "storage.location.template" = "s3://${local.lake_bucket}/${each.value.template}"
    },
    merge([
      for partition in each.value.partitions : {
        for option, value in local.projections[partition.name] : "projection.${partition.name}.${option}" => value
      }
    ]...),
  )

  dynamic "partition_keys" {
    for_each = each.value.partitions

    content {
      name = partition_keys.value.name
      type = partition_keys.value.type
    }
  }

  storage_descriptor {
    location      = "s3://${local.lake_bucket}/${split("/", each.value.template)[0]}/"
    input_format  = local.formats[each.value.form].input
    output_format = local.formats[each.value.form].output

    ser_de_info {
      serialization_library = local.formats[each.value.form].library
      parameters            = local.formats[each.value.form].options
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}

resource "aws_athena_workgroup" "workgroup" {
  for_each = local.workgroups

  name          = "${local.prefix}-${each.key}"
  description   = each.value.description
  force_destroy = !var.deletion_protection

  configuration {
    # Enforced, it would put every organization's results into one folder.
    enforce_workgroup_configuration    = false
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = each.value.scanBytesMax

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }
  }
}

resource "aws_athena_named_query" "query" {
  for_each = length(local.workgroups) > 0 ? local.lake.namedQueries : {}

  name        = each.key
  description = each.value.description
  workgroup   = aws_athena_workgroup.workgroup["logs"].id
  database    = aws_glue_catalog_database.lake[0].name
  query       = replace(replace(each.value.sql, "{database}", local.lake_database), "{environment}", local.environment)
}

data "aws_iam_policy_document" "reader_trust" {
  for_each = local.workgroups

  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.account_id}:root"]
    }

    # A condition and not principals, because IAM refuses a policy whose principal does not exist yet.
    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = local.session_openers[each.key]
    }

    # A session without an organization would have no folder; with another tag it would have more than one key.
    condition {
      test     = "StringLike"
      variable = "aws:RequestTag/organization"
      values   = ["?*"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values   = local.reader_roles["${each.key}-reader"].tags
    }
  }
}

resource "aws_iam_role" "reader" {
  for_each = local.workgroups

  name                 = "${local.prefix}-${each.key}-reader"
  description          = local.reader_roles["${each.key}-reader"].description
  assume_role_policy   = data.aws_iam_policy_document.reader_trust[each.key].json
  max_session_duration = 3600

  path                 = var.role_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.role_tags
}

data "aws_iam_policy_document" "reader" {
  for_each = local.workgroups

  dynamic "statement" {
    for_each = local.reader_statements[each.key]

    content {
      effect    = statement.value.effect
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = statement.value.unless_tag

        content {
          test     = "StringNotEquals"
          variable = "aws:PrincipalTag/${condition.key}"
          values   = [condition.value]
        }
      }

      dynamic "condition" {
        for_each = length(statement.value.prefixes) > 0 ? [statement.value.prefixes] : []

        content {
          test     = "StringLike"
          variable = "s3:prefix"
          values   = condition.value
        }
      }
    }
  }
}

resource "aws_iam_role_policy" "reader" {
  for_each = local.workgroups

  name   = "reader"
  role   = aws_iam_role.reader[each.key].id
  policy = data.aws_iam_policy_document.reader[each.key].json
}
