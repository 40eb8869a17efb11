"""Works on a simulated array with the vendor's REST 1.x toolkit (`purestorage`). Started by run.ts."""

import os
import sys
import traceback

import purestorage

GIB = 2**30
failures = 0


def expect(seen, wanted):
    if seen != wanted:
        raise AssertionError(f"{seen!r} and not {wanted!r}")


def identity(array):
    expect(array.get()["array_name"], "fa1")


def volumes(array):
    made = array.create_volume("kit-1", GIB)
    expect((made["name"], made["size"]), ("kit-1", GIB))
    array.extend_volume("kit-1", 2 * GIB)
    array.copy_volume("kit-1", "kit-2")
    array.rename_volume("kit-2", "kit-3")
    expect(sorted(row["name"] for row in array.list_volumes()), ["kit-1", "kit-3"])
    expect(array.get_volume("kit-1")["size"], 2 * GIB)


def snapshots(array):
    expect(array.create_snapshot("kit-1", suffix="monday")["name"], "kit-1.monday")
    expect([row["name"] for row in array.list_volumes(snap=True)], ["kit-1.monday"])
    array.copy_volume("kit-1.monday", "kit-1", overwrite=True)


def connections(array):
    array.create_host("kit-host", iqnlist=["iqn.1994-05.com.redhat:kit"])
    array.connect_host("kit-host", "kit-1")
    expect([row["vol"] for row in array.list_host_connections("kit-host")], ["kit-1"])
    expect(len(array.list_ports()) > 0, True)
    array.disconnect_host("kit-host", "kit-1")
    array.delete_host("kit-host")


def protection_groups(array):
    array.create_pgroup("kit-group", vollist=["kit-1"])
    expect(array.get_pgroup("kit-group")["volumes"], ["kit-1"])
    expect(array.create_pgroup_snapshot("kit-group")["source"], "kit-group")
    array.destroy_pgroup("kit-group")
    array.eradicate_pgroup("kit-group")


def refusals(array):
    try:
        array.get_volume("nobody")
    except purestorage.PureHTTPError as error:
        expect(error.code, 400)
        expect("Volume does not exist." in error.text, True)
    else:
        raise AssertionError("no refusal")


def removal(array):
    for name in ["kit-1", "kit-3"]:
        array.destroy_volume(name)
        array.eradicate_volume(name)
    expect(array.list_volumes(), [])


for version in os.environ["ARRAY_VERSIONS"].split(","):
    array = purestorage.FlashArray(
        os.environ["ARRAY_ADDRESS"],
        api_token=os.environ["ARRAY_TOKEN"],
        rest_version=version,
        verify_https=True,
        ssl_cert=os.environ["ARRAY_CA"],
    )
    for step in [identity, volumes, snapshots, connections, protection_groups, refusals, removal]:
        try:
            step(array)
            print(f"ok    REST {version}: {step.__name__}")
        except Exception:
            failures += 1
            print(f"FAIL  REST {version}: {step.__name__}\n{traceback.format_exc()}")
    array.invalidate_cookie()
sys.exit(1 if failures else 0)
