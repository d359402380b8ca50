"""Calls TiDB Cloud v1beta2 through Python requests and its digest login, as a test asks on standard input.

The test sends one JSON object per line and gets one back per line, in order:

    {"operation", "ids"?: {name: value}, "query"?: [[name, value]], "body"?}
    -> {"status", "headers", "body"}      a success
    -> {"status", "headers", "error"}     the body of a refusal
    -> {"failure": text}                  no answer, or none in JSON

Arguments: base URL, public key, private key.
"""

import json
import sys
from urllib.parse import quote

import requests
from requests.auth import HTTPDigestAuth

TIDB = "/tidbs/{tidbId}"
CONNECTIONS = TIDB + "/privateEndpointConnections"
OPERATIONS = {
    "ListTidbs": ("GET", "/tidbs"),
    "GetTidb": ("GET", TIDB),
    "CreateTidb": ("POST", "/tidbs"),
    "UpdateTidb": ("PATCH", TIDB),
    "DeleteTidb": ("DELETE", TIDB),
    "ResumeTidb": ("POST", TIDB + ":resumeTidb"),
    "ResetRootPassword": ("POST", TIDB + ":resetRootPassword"),
    "CloudProviderInfo": ("GET", TIDB + "/cloudProviderInfo"),
    "CaCertificateUrl": ("GET", TIDB + "/caCertificateUrl"),
    "GetPublicConnectionSetting": ("GET", TIDB + "/publicConnectionSetting"),
    "UpdatePublicConnectionSetting": ("PATCH", TIDB + "/publicConnectionSetting"),
    "ListRegions": ("GET", "/regions"),
    "GetPrivateLinkService": ("GET", TIDB + "/privateLinkService"),
    "ListPrivateEndpointConnections": ("GET", CONNECTIONS),
    "CreatePrivateEndpointConnection": ("POST", CONNECTIONS),
    "GetPrivateEndpointConnection": ("GET", CONNECTIONS + "/{connectionId}"),
    "DeletePrivateEndpointConnection": ("DELETE", CONNECTIONS + "/{connectionId}"),
}
TIMEOUT_SECONDS = 15


def call(session, base_url, operation, ids=None, query=None, body=None):
    method, template = OPERATIONS[operation]
    path = template.format(**{name: quote(value, safe="") for name, value in (ids or {}).items()})
    response = session.request(method, base_url + path, params=query, json=body, timeout=TIMEOUT_SECONDS)
    told = {
        "status": response.status_code,
        "headers": {name.lower(): value for name, value in response.headers.items()},
    }
    told["body" if response.ok else "error"] = response.json()
    return told


def main():
    base_url, public_key, private_key = sys.argv[1:4]
    session = requests.Session()
    session.auth = HTTPDigestAuth(public_key, private_key)
    for line in sys.stdin:
        try:
            told = call(session, base_url, **json.loads(line))
        except requests.RequestException as error:
            told = {"failure": str(error)}
        print(json.dumps(told), flush=True)


main()
