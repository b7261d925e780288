# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's objects, by endpoint: their fields, what is unique, and what they are associated with."""

from __future__ import annotations

from dataclasses import dataclass, field

from .fields import Field, choice, derived, flag, given, link, name, number, text

NOTICES = {f"notification_templates_{moment}": "notification_templates" for moment in ("started", "success", "error")}
PROMPTED = {"credentials": "credentials", "labels": "labels", "instance_groups": "instance_groups"}
NODES = {f"{outcome}_nodes": "workflow_job_template_nodes" for outcome in ("success", "failure", "always")}
VERBOSITIES = (0, 1, 2, 3, 4, 5)
KINDS = (
    *("ssh", "vault", "net", "scm", "cloud", "registry", "token"),
    *("insights", "external", "kubernetes", "galaxy", "cryptography"),
)
SOURCES = (
    *("file", "constructed", "scm", "ec2", "gce", "azure_rm", "vmware", "satellite6"),
    *("openstack", "rhv", "controller", "insights", "terraform", "openshift_virtualization"),
)


@dataclass(frozen=True)
class Resource:
    """`model` is the name in messages; of `unified` ones, missing references count as equal in a unique set."""

    endpoint: str
    type: str
    model: str
    fields: dict[str, Field]
    unique: tuple[tuple[str, ...], ...] = ()
    associations: dict[str, str] = field(default_factory=dict)
    unified: bool = False
    label: str = "name"


def variables(default: str = "") -> Field:
    return Field("vars", default)


def mapping() -> Field:
    return Field("mapping", {})


def described(**fields: Field) -> dict[str, Field]:
    return {"name": name(), "description": text(), **fields}


def updated(status: str) -> dict[str, Field]:
    """What all unified job templates tell of their last job."""
    moments = {"last_job_run": given(None), "last_job_failed": given(False), "next_job_run": given(None)}
    return {**moments, "status": given(status)}


def asking(*prompts: str) -> dict[str, Field]:
    return {f"ask_{prompt}_on_launch": flag() for prompt in prompts}


def launching() -> dict[str, Field]:
    """What a schedule or a node may set for a launch."""
    texts = {name: text(None) for name in ("scm_branch", "job_tags", "skip_tags", "limit")}
    numbers = {"forks": number(None), "job_slice_count": number(None), "timeout": number(None, None)}
    environment = {"execution_environment": link("execution_environments"), "inventory": link("inventories")}
    choices = {"job_type": choice(None, "run", "check", ""), "verbosity": choice(None, *VERBOSITIES)}
    return {"extra_data": mapping(), **environment, **texts, **numbers, **choices, "diff_mode": flag(None)}


def organizations() -> Resource:
    fields = described(
        max_hosts=number(), custom_virtualenv=given(None), default_environment=link("execution_environments")
    )
    associations = {"instance_groups": "instance_groups", "galaxy_credentials": "credentials", **NOTICES}
    return Resource("organizations", "organization", "Organization", fields, (("name",),), associations)


def credential_types() -> Resource:
    fields = described(
        kind=choice(None, *KINDS, required=True),
        namespace=given(None),
        managed=given(False),
        inputs=mapping(),
        injectors=mapping(),
    )
    return Resource("credential_types", "credential_type", "Credential type", fields, (("name", "kind"),))


def credentials() -> Resource:
    fields = described(
        organization=link("organizations", cascade=True),
        credential_type=link("credential_types", required=True),
        managed=given(False),
        inputs=mapping(),
        user=link("users", shown=False, fixed=True),
        team=link("teams", shown=False, fixed=True),
    )
    unique = (("organization", "name", "credential_type"),)
    return Resource("credentials", "credential", "Credential", fields, unique)


def credential_input_sources() -> Resource:
    """Inputs that come from a secret manager."""
    fields = {
        "description": text(),
        "input_field_name": text(),
        "target_credential": link("credentials", cascade=True),
        "source_credential": link("credentials", cascade=True),
        "metadata": mapping(),
    }
    model = "Credential input source"
    return Resource("credential_input_sources", "credential_input_source", model, fields, label="input_field_name")


def execution_environments() -> Resource:
    fields = described(
        organization=link("organizations", cascade=True),
        image=text(required=True, blank=False),
        managed=given(False),
        credential=link("credentials"),
        pull=choice("", "", "always", "missing", "never"),
    )
    model = "Execution environment"
    return Resource("execution_environments", "execution_environment", model, fields, (("name",),))


def projects() -> Resource:
    texts = {name: text() for name in ("local_path", "scm_url", "scm_branch", "scm_refspec")}
    flags = {name: flag() for name in ("scm_clean", "scm_track_submodules", "scm_delete_on_update")}
    fields = described(
        organization=link("organizations"),
        scm_type=choice("", "", "git", "svn", "insights", "archive"),
        credential=link("credentials"),
        timeout=number(0, None),
        scm_revision=given(""),
        scm_update_on_launch=flag(),
        scm_update_cache_timeout=number(),
        allow_override=flag(),
        custom_virtualenv=given(None),
        default_environment=link("execution_environments"),
        signature_validation_credential=link("credentials"),
        last_update_failed=given(False),
        last_updated=given(None),
        **texts,
        **flags,
        **updated("never updated"),
    )
    unique = (("name", "organization"),)
    return Resource("projects", "project", "Project", fields, unique, dict(NOTICES), unified=True)


def inventories() -> Resource:
    counts = ("total_hosts", "hosts_with_active_failures", "total_groups", "total_inventory_sources")
    fields = described(
        organization=link("organizations", required=True),
        kind=choice("", "", "smart", "constructed"),
        host_filter=text(None),
        variables=variables(),
        has_active_failures=given(False),
        has_inventory_sources=given(False),
        inventory_sources_with_failures=given(0),
        pending_deletion=given(False),
        prevent_instance_group_fallback=flag(),
        **{count: given(0) for count in counts},
    )
    associations = {"instance_groups": "instance_groups", "input_inventories": "inventories"}
    return Resource("inventories", "inventory", "Inventory", fields, (("name", "organization"),), associations)


def inventory_sources() -> Resource:
    names = ("source_path", "scm_branch", "enabled_var", "enabled_value", "host_filter", "limit")
    fields = described(
        inventory=link("inventories", required=True, fixed=True, cascade=True),
        organization=derived("organizations", shown=False),
        source=choice(None, *SOURCES),
        source_vars=variables(),
        credential=link("credentials"),
        source_project=link("projects", cascade=True),
        execution_environment=link("execution_environments"),
        overwrite=flag(),
        overwrite_vars=flag(),
        custom_virtualenv=given(None),
        timeout=number(0, None),
        verbosity=choice(1, 0, 1, 2),
        update_on_launch=flag(),
        update_cache_timeout=number(),
        last_update_failed=given(False),
        last_updated=given(None),
        **{name: text() for name in names},
        **updated("never updated"),
    )
    unique = (("name", "inventory"),)
    model = "Inventory Source"
    return Resource("inventory_sources", "inventory_source", model, fields, unique, dict(NOTICES), unified=True)


def job_templates() -> Resource:
    prompts = (
        *("scm_branch", "diff_mode", "variables", "limit", "tags", "skip_tags", "job_type", "verbosity", "inventory"),
        *("credential", "execution_environment", "labels", "forks", "job_slice_count", "timeout", "instance_groups"),
    )
    names = ("playbook", "scm_branch", "limit", "job_tags", "skip_tags", "start_at_task", "host_config_key")
    flags = ("force_handlers", "use_fact_cache", "survey_enabled", "become_enabled", "diff_mode", "allow_simultaneous")
    fields = described(
        job_type=choice("run", "run", "check"),
        inventory=link("inventories"),
        project=link("projects"),
        forks=number(),
        verbosity=choice(0, *VERBOSITIES),
        extra_vars=variables(),
        timeout=number(0, None),
        organization=derived("organizations"),
        execution_environment=link("execution_environments"),
        custom_virtualenv=given(None),
        job_slice_count=number(1),
        webhook_service=choice("", "", "github", "gitlab", "bitbucket_dc"),
        webhook_credential=link("credentials"),
        prevent_instance_group_fallback=flag(),
        survey_spec=given({}, shown=False),
        **{name: text() for name in names},
        **{name: flag() for name in flags},
        **asking(*prompts),
        **updated("never updated"),
    )
    unique = (("name", "organization"),)
    associations = {**PROMPTED, **NOTICES}
    return Resource("job_templates", "job_template", "Job Template", fields, unique, associations, unified=True)


def workflow_job_templates() -> Resource:
    prompts = ("variables", "inventory", "scm_branch", "limit", "labels", "skip_tags", "tags")
    fields = described(
        extra_vars=variables(),
        organization=link("organizations"),
        survey_enabled=flag(),
        allow_simultaneous=flag(),
        inventory=link("inventories"),
        webhook_service=choice("", "", "github", "gitlab", "bitbucket_dc"),
        webhook_credential=link("credentials"),
        survey_spec=given({}, shown=False),
        **{name: text(None) for name in ("limit", "scm_branch", "skip_tags", "job_tags")},
        **asking(*prompts),
        **updated("never updated"),
    )
    associations = {"labels": "labels", **NOTICES, "notification_templates_approvals": "notification_templates"}
    unique, model = (("name", "organization"),), "Workflow Job Template"
    return Resource(
        "workflow_job_templates", "workflow_job_template", model, fields, unique, associations, unified=True
    )


def workflow_job_template_nodes() -> Resource:
    fields = {
        "workflow_job_template": link("workflow_job_templates", required=True, fixed=True, cascade=True),
        "unified_job_template": link("unified_job_templates"),
        "identifier": text(blank=False),
        "all_parents_must_converge": flag(),
        **launching(),
    }
    unique, associations = (("identifier", "workflow_job_template"),), {**NODES, **PROMPTED}
    model, endpoint = "Workflow job template node", "workflow_job_template_nodes"
    return Resource(endpoint, "workflow_job_template_node", model, fields, unique, associations, label="identifier")


def schedules() -> Resource:
    fields = described(
        rrule=text(required=True, blank=False),
        unified_job_template=link("unified_job_templates", required=True, cascade=True),
        enabled=flag(True),
        next_run=given(None),
        **launching(),
    )
    unique = (("unified_job_template", "name"),)
    return Resource("schedules", "schedule", "Schedule", fields, unique, dict(PROMPTED))


def plain(endpoint: str, type_: str, model: str) -> Resource:
    return Resource(endpoint, type_, model, described(organization=link("organizations")), (("name", "organization"),))


def project_updates() -> Resource:
    names = ("status", "started", "finished", "scm_revision", "job_explanation", "launch_type")
    flags = ("failed", "event_processing_finished")
    fields = {name: given("") for name in names} | {name: given(False) for name in flags}
    fields |= {"name": given(""), "elapsed": given(0.0), "project": derived("projects", cascade=True)}
    return Resource("project_updates", "project_update", "Project Update", fields)


def users() -> Resource:
    return Resource("users", "user", "User", {"username": name()}, (("username",),), label="username")


ALL = (
    organizations(),
    users(),
    plain("teams", "team", "Team"),
    credential_types(),
    credentials(),
    credential_input_sources(),
    execution_environments(),
    projects(),
    project_updates(),
    inventories(),
    inventory_sources(),
    job_templates(),
    workflow_job_templates(),
    workflow_job_template_nodes(),
    schedules(),
    plain("labels", "label", "Label"),
    Resource("instance_groups", "instance_group", "Instance group", {"name": name()}, (("name",),)),
    plain("notification_templates", "notification_template", "Notification template"),
)
RESOURCES = {resource.endpoint: resource for resource in ALL}
UNIFIED = tuple(resource.endpoint for resource in ALL if resource.unified)
UNIFIED_FIELDS = described(
    organization=link("organizations"), execution_environment=link("execution_environments"), **updated("")
)
READ_ONLY = ("credential_input_sources", "project_updates", "users", "teams", "instance_groups")
