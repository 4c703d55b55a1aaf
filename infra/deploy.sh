#!/usr/bin/env bash
# Builds the azure edition, shows what would change, deploys it, and looks through the API whether it runs.
#   infra/deploy.sh dev|staging|prod RESOURCE_GROUP [--yes]
# Needs: az (signed in), dotnet 10, zip, curl, jq; CERTRELAY_AUTH_CLIENT_ID and CERTRELAY_ALERT_EMAIL (infra/main.*.bicepparam).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment="${1:-}" group="${2:-}" yes="${3:-}"
case "$environment" in
  dev | staging | prod) ;;
  *) echo "usage: infra/deploy.sh dev|staging|prod RESOURCE_GROUP [--yes]" >&2; exit 2 ;;
esac
[ -n "$group" ] || { echo "Name the resource group." >&2; exit 2; }
for program in az dotnet zip curl jq; do
  command -v "$program" > /dev/null || { echo "$program is not installed." >&2; exit 2; }
done
: "${CERTRELAY_AUTH_CLIENT_ID:?the application ID of the app registration}"
: "${CERTRELAY_ALERT_EMAIL:?where alerts of the platform go}"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

echo "== Build"
dotnet publish functions/App -c Release -p:Edition=azure -o "$work/app" -nologo
(cd "$work/app" && zip -qr "$work/app.zip" .)

template=(--resource-group "$group" --template-file infra/main.bicep --parameters "infra/main.$environment.bicepparam")
echo "== What would change"
az deployment group what-if "${template[@]}"
if [ "$yes" != --yes ]; then
  read -r -p "Deploy this to $group? [y/N] " answer
  [ "$answer" = y ] || { echo "Nothing was changed."; exit 1; }
fi

echo "== Deploy"
outputs="$(az deployment group create "${template[@]}" --query properties.outputs --output json)"
app="$(jq -r .appName.value <<< "$outputs")"
host="$(jq -r .appHost.value <<< "$outputs")"
# Roles that were just assigned take some minutes to hold; the package is loaded with one of them.
for try in 1 2 3 4 5 6; do
  az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src "$work/app.zip" && break
  [ "$try" -lt 6 ] || { echo "The package could not be deployed." >&2; exit 1; }
  sleep 30
done

echo "== Smoke test"
for try in $(seq 60); do
  [ "$(curl -s -o "$work/health" -w '%{http_code}' "https://$host/healthz")" = 200 ] && break
  [ "$try" -lt 60 ] || { echo "https://$host/healthz is not healthy:" >&2; cat "$work/health" >&2; exit 1; }
  sleep 5
done
token="$(az account get-access-token --resource "api://$CERTRELAY_AUTH_CLIENT_ID" --query accessToken --output tsv)"
# By a file, so that the token is in no list of processes.
(umask 077; printf 'Authorization: Bearer %s\n' "$token" > "$work/header")
status="$(curl -fsS -H @"$work/header" "https://$host/api/status")"
[ "$(jq -r .edition <<< "$status")" = azure ] || { echo "Unexpected status: $status" >&2; exit 1; }
echo "Certrelay $(jq -r .version <<< "$status") runs at https://$host"
