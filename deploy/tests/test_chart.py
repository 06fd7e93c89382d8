"""The Helm chart, rendered by Helm's own engine and held against the schemas of Kubernetes."""

import json
import re
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from helm_python.chart import Chart, lint
from helm_python.errors import HelmError

DEPLOY = Path(__file__).resolve().parents[1]
CHART = DEPLOY / "helm/comparia"
VALUES = {"hosts": ["comparia.test", "da.comparia.test"], "env": {"ADMIN_PATH": "staff", "AUDIENCE": "true"}}
VERSIONS = ["1.29", kubernetes_validate.latest_version()]
OF_THE_OPERATOR = {"ServiceMonitor", "PrometheusRule"}
"""Kinds that Kubernetes itself does not have."""


def rendered(**values):
    """{(kind, part): the object}, as an install in the namespace `comparia` under the name `site` makes them."""
    with Chart.load(CHART) as chart:
        files = chart.render(VALUES | values, name="site", namespace="comparia")
    texts = [text for name, text in files.items() if name.endswith(".yaml")]
    found = [it for text in texts for it in yaml.safe_load_all(text) if it]
    objects = {(it["kind"], it["metadata"]["name"].removeprefix("site-")): it for it in found}
    assert len(objects) == len(found)
    return objects


def pods(objects):
    """{part: the specification of its pods}"""
    return {
        part: it["spec"]["template"]["spec"] for (kind, part), it in objects.items() if kind in ("Deployment", "Job")
    }


def container(spec):
    (only,) = spec["containers"]
    return only


def test_the_chart_is_clean():
    report = lint(CHART, VALUES, strict=True)
    assert [it["error"] for it in report["messages"] if it["severity"] > 1] == report["errors"] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_one_that_kubernetes_knows(version):
    fixed = {"autoscaling": {"enabled": False}}
    for values in ({}, {"web": fixed, "ingress": {"enabled": False}, "network": {"policies": False}}):
        for (kind, _part), it in rendered(**values).items():
            if kind not in OF_THE_OPERATOR:
                kubernetes_validate.validate(it, version, strict=True)


def test_every_pod_is_as_restricted_as_kubernetes_can():
    """The `restricted` profile of its pod security standards, and a file system that is only read."""
    for spec in pods(rendered()).values():
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert container(spec)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {next(kind for kind in it if kind != "name") for it in spec["volumes"]} <= {
            "secret",
            "emptyDir",
            "persistentVolumeClaim",
        }


def test_there_is_one_beat_even_while_it_is_replaced():
    objects = rendered(worker={"replicas": 3})
    beat = objects["Deployment", "beat"]["spec"]
    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})
    assert [part for part, spec in pods(objects).items() if "beat" in container(spec).get("command", [])] == ["beat"]


def test_migrations_run_before_a_version_starts():
    notes = rendered()["Job", "migration"]["metadata"]["annotations"]
    assert notes["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_a_process_is_never_killed_before_it_has_left_by_itself():
    spec = pods(rendered(web={"preStopSeconds": 7, "shutdownSeconds": 60}))["web"]
    site = container(spec)
    assert site["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", "7"]
    assert {"name": "SHUTDOWN_SECONDS", "value": "60"} in site["env"]
    assert spec["terminationGracePeriodSeconds"] > 7 + 60


def test_probes_ask_for_less_as_a_process_lives():
    """To begin it must reach its services; then what all processes lack neither hides them nor restarts them."""
    site = container(pods(rendered())["web"])
    asked = [site[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness", "liveness")]
    assert asked == ["/readyz", "/readyz?process", "/healthz"]


def test_secrets_are_named_and_never_written():
    objects = rendered(secretName="of-the-site")
    assert "Secret" not in {kind for kind, _part in objects}
    for spec in pods(objects).values():
        assert {"secretName": "of-the-site", "defaultMode": 0o440} in [it.get("secret") for it in spec["volumes"]]
        names = {it["name"] for it in container(spec)["env"]}
        assert not {name for name in names if re.search("SECRET_KEY|TOKEN|PASSWORD|DATABASE_URL|REDIS_URL", name)}


def test_every_pod_has_a_policy_and_only_the_site_is_reached():
    objects = rendered()
    policies = {part: it["spec"] for (kind, part), it in objects.items() if kind == "NetworkPolicy"}
    assert policies.keys() == pods(objects).keys()
    for part, policy in policies.items():
        it = objects["Job" if part == "migration" else "Deployment", part]
        labels = it["spec"]["template"]["metadata"]["labels"]
        assert policy["podSelector"]["matchLabels"].items() <= labels.items()
        assert bool(policy["ingress"]) == (part == "web")
        outside = [to["ipBlock"] for rule in policy["egress"] for to in rule["to"] if "ipBlock" in to]
        assert bool(outside) == (part in ("web", "worker"))
        assert all("169.254.0.0/16" in block["except"] for block in outside)


def test_the_site_answers_to_its_hosts_alone():
    objects = rendered()
    assert [rule["host"] for rule in objects["Ingress", "web"]["spec"]["rules"]] == VALUES["hosts"]
    env = {it["name"]: it["value"] for it in container(pods(objects)["web"])["env"]}
    assert env["ALLOWED_HOSTS"] == "comparia.test,da.comparia.test"
    assert env["CSRF_TRUSTED_ORIGINS"] == "https://comparia.test,https://da.comparia.test"
    assert env["AUDIENCE"] == "true"


def test_prometheus_is_given_the_rules_and_a_token_by_name():
    objects = rendered(monitoring={"enabled": True})
    assert objects["PrometheusRule", "web"]["spec"] == yaml.safe_load(
        (DEPLOY / "observability/alerts.yaml").read_text()
    )
    monitor = objects["ServiceMonitor", "web"]["spec"]
    assert monitor["selector"]["matchLabels"].items() <= objects["Service", "web"]["metadata"]["labels"].items()
    (endpoint,) = monitor["endpoints"]
    assert (endpoint["port"], endpoint["path"]) == (objects["Service", "web"]["spec"]["ports"][0]["name"], "/metrics")
    assert endpoint["authorization"]["credentials"] == {"name": "comparia", "key": "METRICS_TOKEN"}


def test_commands_are_those_of_compose():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for part, spec in pods(rendered()).items():
        name = {"web": "site-a", "migration": "migrate"}.get(part, part)
        assert container(spec).get("command") == compose[name].get("command")


@pytest.mark.parametrize(
    "values",
    [
        {"hosts": []},
        {"hosts": ["*"]},
        {"hosts": ["https://comparia.test"]},
        {"env": {}},
        {"env": {"ADMIN_PATH": "staff", "SECRET_KEY": "x"}},
        {"env": {"ADMIN_PATH": "staff", "OPENROUTER_API_KEY": "x"}},
        {"env": {"ADMIN_PATH": "staff", "DATABASE_URL": "x"}},
        {"env": {"ADMIN_PATH": "staff", "ALLOWED_HOSTS": "*"}},
        {"image": {"tag": "latest"}},
        {"web": {"replica": 3}},
        {"trustedProxies": 0},
    ],
    ids=json.dumps,
)
def test_values_that_would_not_work_are_refused(values):
    with pytest.raises(HelmError):
        rendered(**values)


def test_every_value_is_documented_and_in_the_schema():
    schema = json.loads((CHART / "values.schema.json").read_text())
    written = yaml.safe_load((CHART / "values.yaml").read_text())
    assert written.keys() == schema["properties"].keys() - {"global"}
    for name, value in written.items():
        if known := schema["properties"][name].get("properties"):
            assert value.keys() == known.keys()
