"""Works on a simulated array with the vendor's Python SDK (`pypureclient`, REST 2.x). Started by run.ts."""

import os
import sys
import traceback

from pypureclient import flasharray

GIB = 2**30
failures = 0


def client(version):
    return flasharray.Client(
        os.environ["ARRAY_ADDRESS"],
        version=version,
        api_token=os.environ["ARRAY_TOKEN"],
        verify_ssl=True,
        user_agent="cinder-flasharray vendor check",
    )


def items(response):
    """The items of an answer; an error is raised with the array's words."""
    if response.status_code != 200:
        raise AssertionError(f"{response.status_code}: {[error.message for error in response.errors]}")
    return list(response.items) if hasattr(response, "items") and response.items is not None else []


def expect(seen, wanted):
    if seen != wanted:
        raise AssertionError(f"{seen!r} and not {wanted!r}")


def identity(array):
    expect([row.name for row in items(array.get_arrays())], ["fa1"])


def volumes(array):
    made = items(array.post_volumes(names=["sdk-1"], volume=flasharray.VolumePost(provisioned=GIB)))
    expect([(row.name, row.provisioned) for row in made], [("sdk-1", GIB)])
    items(array.patch_volumes(names=["sdk-1"], volume=flasharray.VolumePatch(provisioned=2 * GIB)))
    copy = flasharray.VolumePost(source=flasharray.Reference(name="sdk-1"))
    items(array.post_volumes(names=["sdk-2"], volume=copy))
    found = items(array.get_volumes(filter="name='sdk-*' and provisioned>1073741824", sort=["name-"]))
    expect([row.name for row in found], ["sdk-2", "sdk-1"])
    items(array.patch_volumes(names=["sdk-2"], volume=flasharray.VolumePatch(name="sdk-3")))
    expect([row.name for row in items(array.get_volumes(limit=1, filter="name='sdk-*'"))][:1], ["sdk-1"])


def snapshots(array):
    taken = items(
        array.post_volume_snapshots(
            source_names=["sdk-1"], volume_snapshot=flasharray.VolumeSnapshotPost(suffix="monday")
        )
    )
    expect([row.name for row in taken], ["sdk-1.monday"])
    copy = flasharray.VolumePost(source=flasharray.Reference(name="sdk-1.monday"))
    items(array.post_volumes(names=["sdk-1"], volume=copy, overwrite=True))


def connections(array):
    host = flasharray.HostPost(iqns=["iqn.1994-05.com.redhat:sdk"])
    items(array.post_hosts(names=["sdk-host"], host=host))
    made = items(array.post_connections(host_names=["sdk-host"], volume_names=["sdk-1"]))
    expect([(row.host.name, row.volume.name) for row in made], [("sdk-host", "sdk-1")])
    expect(len(items(array.get_ports())) > 0, True)
    items(array.delete_connections(host_names=["sdk-host"], volume_names=["sdk-1"]))
    items(array.delete_hosts(names=["sdk-host"]))


def protection_groups(array):
    items(array.post_protection_groups(names=["sdk-group"]))
    items(array.post_protection_groups_volumes(group_names=["sdk-group"], member_names=["sdk-1"]))
    taken = items(array.post_protection_group_snapshots(source_names=["sdk-group"]))
    expect([row.source.name for row in taken], ["sdk-group"])
    items(
        array.patch_protection_groups(
            names=["sdk-group"], protection_group=flasharray.ProtectionGroup(destroyed=True)
        )
    )
    items(array.delete_protection_groups(names=["sdk-group"]))


def refusals(array):
    response = array.get_volumes(names=["nobody"])
    expect(response.status_code, 400)
    expect([error.message for error in response.errors], ["Volume does not exist."])
    expect([error.context for error in response.errors], ["nobody"])


def removal(array):
    for name in ["sdk-1", "sdk-3"]:
        items(array.patch_volumes(names=[name], volume=flasharray.VolumePatch(destroyed=True)))
        items(array.delete_volumes(names=[name]))
    expect(items(array.get_volumes(filter="name='sdk-*'")), [])


for version in os.environ["ARRAY_VERSIONS"].split(","):
    array = client(version)
    for step in [identity, volumes, snapshots, connections, protection_groups, refusals, removal]:
        try:
            step(array)
            print(f"ok    REST {version}: {step.__name__}")
        except Exception:
            failures += 1
            print(f"FAIL  REST {version}: {step.__name__}\n{traceback.format_exc()}")
sys.exit(1 if failures else 0)
