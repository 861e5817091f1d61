#!/usr/bin/env bash
# Prints a token of the test user whom the secret SECRET describes. Passwords go through pipes, never through
# arguments, which every process of the machine could read.
set -euo pipefail

secret=$(aws secretsmanager get-secret-value --secret-id "$SECRET" --query SecretString --output text)

if [[ $(jq -r 'has("tokenUrl")' <<<"$secret") == true ]]; then
  # Any issuer with client credentials.
  url=$(jq -er .tokenUrl <<<"$secret")
  token=$(
    jq -r '
      {grant_type: "client_credentials", client_id: .clientId, client_secret: .clientSecret, scope, audience}
      | to_entries | map(select(.value != null) | "\(.key)=\(.value | @uri)") | join("&")
    ' <<<"$secret" |
      curl --fail --silent --show-error --max-time 30 --proto =https --data @- "$url" |
      jq -er .access_token
  )
else
  # The Cognito pool that Terraform made: its ID tokens carry the organization and the roles.
  token=$(
    jq --arg pool "${ISSUER##*/}" --arg client "$CLIENT" '{
      UserPoolId: $pool,
      ClientId: $client,
      AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
      AuthParameters: {USERNAME: .username, PASSWORD: .password}
    }' <<<"$secret" |
      aws cognito-idp admin-initiate-auth --cli-input-json file:///dev/stdin |
      jq -er .AuthenticationResult.IdToken
  )
fi

printf '%s\n' "$token"
