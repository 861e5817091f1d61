# What no consumer of the changes of users' files can see by itself: each is across functions, since it is about the files.
locals {
  changes_alarms = {
    for kind, alarm in {
      changes-blocked = {
        metric = "ChangesBlocked"
        advice = "A user's file could not be streamed, and its user waits: read the dead letter on changes-dead, and have the engine write the file again."
      }
      changes-gaps = {
        metric = "ChangesGaps"
        advice = "Entries of a user were forgotten by the engine before they were streamed: find the changes_gap event, and ask the engine for what it names."
      }
      changes-differences = {
        metric = "ChangesDifferences"
        advice = "The daily audit found files that the stream had not followed: it rang for each; see why their notifications were lost."
      }
      } : kind => {
      kind      = kind
      advice    = alarm.advice
      namespace = local.prefix
      metric    = alarm.metric
      across    = "service"
      statistic = "Sum"
      threshold = 1
    }
  }
}
