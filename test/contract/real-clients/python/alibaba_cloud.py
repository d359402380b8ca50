"""Calls Alibaba Cloud through its official Python SDK, as a test asks on standard input.

The test sends one JSON object per line and gets one back per line, in order:

    {"product", "action", "parameters", "credentials"?, "signature"?}
    -> {"body", "complaints": [text]}   the SDK's typed answer, written as JSON again
    -> {"error": {"kind", "code", "message", "status", "requestId", "retryAfter", "accessDeniedDetail"}}

`parameters` have the names of the API. They go through the SDK's request model, so one that the model does not know, or
knows under another name or type, is refused here. Each answer goes through the SDK's response model; `complaints` names
what the wire carried and the model lost, and each value of another type than the model declares.

Arguments: the origin of the service, access key id, access key secret.
"""

import importlib
import inspect
import json
import sys
import typing
from urllib.parse import urlsplit

from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions

PACKAGES = {
    "privatelink": "alibabacloud_privatelink20200415",
    "vpc": "alibabacloud_vpc20160428",
    "ecs": "alibabacloud_ecs20140526",
    "sts": "alibabacloud_sts20150401",
}
CONNECT_TIMEOUT_MS = 5_000
READ_TIMEOUT_MS = 10_000


class Caller:
    """One SDK client per product, set of credentials and kind of signature."""

    def __init__(self, origin, access_key_id, access_key_secret):
        self._endpoint = urlsplit(origin).netloc
        self._credentials = {"accessKeyId": access_key_id, "accessKeySecret": access_key_secret}
        self._clients = {}

    def call(self, product, action, parameters, credentials=None, signature=None):
        client = self._client(product, credentials or self._credentials, signature)
        method = method_of(client, action)
        runtime = RuntimeOptions(connect_timeout=CONNECT_TIMEOUT_MS, read_timeout=READ_TIMEOUT_MS)
        if "request" in inspect.signature(method).parameters:
            response = method(request_of(PACKAGES[product], action, parameters), runtime)
        elif parameters:
            raise TypeError(f"{action} takes no parameters in the SDK")
        else:
            response = method(runtime)
        typed = response.body
        complaints = [
            *missing(client.last_body, typed.to_map(), action),
            *mistyped(typed, action),
        ]
        return {"body": typed.to_map(), "complaints": complaints}

    def _client(self, product, credentials, signature):
        key = (product, signature, *sorted(credentials.items()))
        if key not in self._clients:
            module = importlib.import_module(f"{PACKAGES[product]}.client")
            config = Config(
                access_key_id=credentials.get("accessKeyId"),
                access_key_secret=credentials.get("accessKeySecret"),
                security_token=credentials.get("securityToken"),
                endpoint=self._endpoint,
                protocol="http",
                signature_algorithm=signature,
            )
            self._clients[key] = observed(module.Client)(config)
        return self._clients[key]


def observed(client_class):
    """The SDK's client, which also keeps the body of its last answer as it came."""

    class Observed(client_class):
        last_body = None

        def call_api(self, *arguments):
            return self._keep(super().call_api(*arguments))

        def do_rpcrequest(self, *arguments):
            return self._keep(super().do_rpcrequest(*arguments))

        def _keep(self, answer):
            self.last_body = answer["body"]
            return answer

    return Observed


def method_of(client, action):
    wanted = f"{action}WithOptions".lower()
    for name, method in inspect.getmembers(client, inspect.ismethod):
        if name.replace("_", "") == wanted:
            return method
    raise TypeError(f"the SDK has no {action}")


def request_of(package, action, parameters):
    """The SDK's request model, filled. Raises TypeError for what the model cannot hold."""
    model = getattr(importlib.import_module(f"{package}.models"), f"{action}Request")()
    model.from_map(parameters)
    wrong = [*missing(parameters, model.to_map(), action), *mistyped(model, action)]
    if wrong:
        raise TypeError("; ".join(wrong))
    return model


def missing(given, kept, path):
    """What `given` has and `kept` has not, or has otherwise."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for name, value in given.items():
            if name not in kept:
                yield f"{path}.{name} is not in the SDK's model"
            else:
                yield from missing(value, kept[name], f"{path}.{name}")
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for index, (one, other) in enumerate(zip(given, kept)):
            yield from missing(one, other, f"{path}[{index}]")
    elif given != kept:
        yield f"{path} became another value in the SDK's model"


def mistyped(model, path):
    """The values of a model that are not of the type its constructor declares."""
    declared = typing.get_type_hints(type(model).__init__)
    for name, kind in declared.items():
        value = getattr(model, name)
        if value is not None:
            yield from unlike(value, kind, f"{path}.{name}")


def unlike(value, kind, path):
    origin = typing.get_origin(kind)
    if origin is list:
        if not isinstance(value, list):
            yield f"{path} should be a list"
            return
        for index, item in enumerate(value):
            yield from unlike(item, typing.get_args(kind)[0], f"{path}[{index}]")
        return
    plain = origin or kind
    if plain is typing.Any:
        return
    fits = isinstance(value, plain) and not (plain is int and isinstance(value, bool))
    if plain is float:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fits:
        yield f"{path} should be {plain.__name__}, is {type(value).__name__}"
    elif hasattr(value, "from_map"):
        yield from mistyped(value, path)


def described(error):
    data = error.data if isinstance(error.data, dict) else {}
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "message": data.get("Message"),
        "status": error.status_code,
        "requestId": data.get("RequestId"),
        "retryAfter": error.retry_after,
        "accessDeniedDetail": getattr(error, "access_denied_detail", None),
    }


def answer(caller, line):
    try:
        return caller.call(**json.loads(line))
    except AlibabaCloudException as error:
        return {"error": described(error)}
    except Exception as error:  # pylint: disable=broad-except  # whatever the SDK makes of trouble is the result
        return {"error": {"kind": type(error).__name__, "message": str(error)}}


def main():
    caller = Caller(*sys.argv[1:4])
    for line in sys.stdin:
        print(json.dumps(answer(caller, line)), flush=True)


main()
