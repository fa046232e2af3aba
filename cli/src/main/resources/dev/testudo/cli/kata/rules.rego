package agent_policy

import future.keywords.every
import future.keywords.if
import future.keywords.in

# What the host may ask of the guest. Nothing, unless a rule below says otherwise.
default AddARPNeighborsRequest := false

default AddSwapRequest := false

default CloseStdinRequest := false

default CopyFileRequest := false

default CreateContainerRequest := false

default CreateSandboxRequest := false

default DestroySandboxRequest := false

default ExecProcessRequest := false

default GetDiagnosticDataRequest := false

default GetMetricsRequest := false

default GetOOMEventRequest := false

default GuestDetailsRequest := false

default ListInterfacesRequest := false

default ListRoutesRequest := false

default MemAgentCompactConfigRequest := false

default MemAgentMemcgConfigRequest := false

default MemHotplugByProbeRequest := false

default OnlineCPUMemRequest := false

default PauseContainerRequest := false

default PullImageRequest := false

default ReadStreamRequest := false

default RemoveContainerRequest := false

default RemoveStaleVirtiofsShareMountsRequest := false

default ReseedRandomDevRequest := false

default ResizeVolumeRequest := false

default ResumeContainerRequest := false

default SetGuestDateTimeRequest := false

default SetIPTablesRequest := false

default SetPolicyRequest := false

default SignalProcessRequest := false

default StartContainerRequest := false

default StartTracingRequest := false

default StatsContainerRequest := false

default StopTracingRequest := false

default TtyWinResizeRequest := false

default UpdateContainerRequest := false

default UpdateEphemeralMountsRequest := false

default UpdateInterfaceRequest := false

default UpdateRoutesRequest := false

default VolumeStatsRequest := false

default WaitProcessRequest := false

default WriteStreamRequest := false

default AllowRequestsFailingPolicy := false

# These start, watch and end what the rules below permit, and read what the agent and the program write to their
# standard output and error: without a reader, a program waits for ever once the pipe is full.
DestroySandboxRequest := true

GetOOMEventRequest := true

GuestDetailsRequest := true

OnlineCPUMemRequest := true

ReadStreamRequest := true

RemoveContainerRequest := true

SignalProcessRequest := true

StartContainerRequest := true

StatsContainerRequest := true

WaitProcessRequest := true

CreateSandboxRequest if {
	input.guest_hook_path == ""
	count(input.kernel_modules) == 0
	input.sandbox_pidns == false
	every storage in input.storages {
		is_shared_memory(storage)
	}
}

is_shared_memory(storage) if {
	storage.driver == "ephemeral"
	storage.source == "shm"
	storage.fstype == "tmpfs"
	storage.mount_point == "/run/kata-containers/sandbox/shm"
}

# The shield and the program talk over the loopback interface, so nobody else may touch it.
UpdateInterfaceRequest if {
	input.interface.name != "lo"
	input.interface.hwAddr != "00:00:00:00:00:00"
	every address in input.interface.IPAddresses {
		not is_loopback(address.address)
	}
}

UpdateRoutesRequest if {
	every route in input.routes.Routes {
		route.device != "lo"
		not is_loopback(route.dest)
		not is_loopback(route.source)
	}
}

is_loopback(address) if {
	startswith(address, "127.")
}

is_loopback(address) if {
	startswith(address, "::1")
}

# Four files that kubelet and containerd write for each container, because runtimes fail without them. Their names lead
# nowhere else, and the guest mounts them where mount_is_known says.
CopyFileRequest if {
	input.file_type == "Regular"
	regex.match("^/run/kata-containers/shared/containers/[0-9a-f]{64}-[a-z0-9]{16}-(hosts|hostname|resolv\\.conf|termination-log)$", input.path)
}

CreateContainerRequest if {
	nothing_special
	is_pause
}

CreateContainerRequest if {
	nothing_special
	is_service
}

nothing_special if {
	count(input.shared_mounts) == 0
	count(input.devices) == 0
	is_null(input.string_user)
	input.sandbox_pidns == false
	is_null(input.OCI.Hooks)
	linux := input.OCI.Linux
	is_null(linux.Seccomp)
	is_null(linux.IntelRdt)
	count(linux.Devices) == 0
	count(linux.Resources.Devices) == 0
	count(linux.UIDMappings) == 0
	count(linux.GIDMappings) == 0
	linux.MountLabel == ""
	linux.RootfsPropagation == ""
	every namespace in linux.Namespaces {
		namespace_is_new(namespace)
	}
	some mounts in linux.Namespaces
	mounts.Type in ["mount", "mnt"]
	every name, value in linux.Sysctl {
		value == known_sysctls[name]
	}
	every name, _ in input.OCI.Annotations {
		annotation_is_known(name)
	}
}

namespace_is_new(namespace) if {
	namespace.Path == ""
}

namespace_is_new(namespace) if {
	namespace.Type in ["network", "cgroup"]
}

known_sysctls := {
	"net.ipv4.ip_unprivileged_port_start": "0",
	"net.ipv4.ping_group_range": "0 2147483647",
}

annotation_is_known(name) if {
	some prefix in ["io.kubernetes.cri.", "io.katacontainers.pkg.oci.", "io.container.manager"]
	startswith(name, prefix)
}

annotation_is_known(name) if {
	name == "io.katacontainers.config.hypervisor.cc_init_data"
}

# The first container of each pod. The guest has the image itself, if the host says in driver_options that it is the
# sandbox; otherwise it would pull what the host names.
is_pause if {
	annotations := input.OCI.Annotations
	annotations["io.kubernetes.cri.container-type"] == "sandbox"
	annotations["io.katacontainers.pkg.oci.container_type"] == "pod_sandbox"
	input.OCI.Process.Args == ["/pause"]
	root_is_pulled("pause")
	every storage in input.storages {
		is_pulled(storage, "pause")
		says_sandbox(storage)
	}
	every mount in input.OCI.Mounts {
		mount_is_known(mount)
	}
}

says_sandbox(storage) if {
	count(storage.driver_options) == 1
	option := storage.driver_options[0]
	not contains(option, "\\")
	parts := split(option, "\"io.kubernetes.cri.container-type\"")
	count(parts) == 2
	startswith(parts[1], ":\"sandbox\"")
}

is_service if {
	annotations := input.OCI.Annotations
	annotations["io.kubernetes.cri.container-type"] == "container"
	annotations["io.katacontainers.pkg.oci.container_type"] == "pod_container"
	not annotations["io.kubernetes.cri-o.ContainerType"]
	root_is_pulled(service.image)
	process_is_ours(input.OCI.Process)
	kernel_is_kept_from(input.OCI.Linux)
	every storage in input.storages {
		storage_is_known(storage)
	}
	every mount in input.OCI.Mounts {
		mount_is_known(mount)
	}
}

# The root is what the guest pulls, by its digest, and nothing that the host shows it.
root_is_pulled(source) if {
	regex.match("^[0-9a-f]{64}$", input.container_id)
	input.OCI.Root.Readonly == true
	some folder in ["/run/kata-containers/", "/run/kata-containers/shared/containers/"]
	input.OCI.Root.Path == concat("", [folder, input.container_id, "/rootfs"])
	some storage in input.storages
	is_pulled(storage, source)
}

is_pulled(storage, source) if {
	storage.driver == "image_guest_pull"
	storage.source == source
	storage.fstype == "overlay"
	storage.mount_point == input.OCI.Root.Path
	count(storage.options) == 0
}

storage_is_known(storage) if {
	is_pulled(storage, service.image)
}

storage_is_known(storage) if {
	storage.driver == "ephemeral"
	storage.source == "tmpfs"
	storage.fstype == "tmpfs"
	some place in service.folders
	storage.mount_point == place
}

process_is_ours(process) if {
	process.Args == service.args
	process.Cwd == "/"
	process.Terminal == false
	process.NoNewPrivileges == true
	process.SelinuxLabel == ""
	process.User.UID == service.uid
	process.User.GID == service.gid
	process.User.Username == ""
	every group in process.User.AdditionalGids {
		group in service.groups
	}
	every kind in ["Ambient", "Bounding", "Effective", "Inheritable", "Permitted"] {
		count(process.Capabilities[kind]) == 0
	}
	every variable in process.Env {
		variable_is_known(variable)
	}
}

# The program is root of the guest, without capabilities. The kernel is hidden from it, and read-only, as usual.
kernel_is_kept_from(linux) if {
	every path in ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"] {
		path in linux.MaskedPaths
	}
	every path in ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"] {
		path in linux.ReadonlyPaths
	}
}

variable_is_known(variable) if {
	variable in service.env
}

variable_is_known(variable) if {
	some pattern in service.env_patterns
	regex.match(pattern, variable)
}

# What the kernel of the guest provides.
mount_is_known(mount) if {
	some known in kernel_mounts
	mount.destination == known[0]
	mount.type_ == known[1]
	mount.source == known[1]
	every option in known[2] {
		option in mount.options
	}
	not "bind" in mount.options
	not "rbind" in mount.options
}

kernel_mounts := [
	["/proc", "proc", []],
	["/dev", "tmpfs", []],
	["/dev/pts", "devpts", []],
	["/dev/mqueue", "mqueue", []],
	["/sys", "sysfs", ["ro"]],
	["/sys/fs/cgroup", "cgroup", ["ro"]],
]

# What is bound: shared memory, the kernel's interface for evidence, folders in memory, and the four files.
mount_is_known(mount) if {
	is_bound(mount)
	mount.source == bound_places[mount.destination]
}

mount_is_known(mount) if {
	is_bound(mount)
	mount.source == service.folders[mount.destination]
}

mount_is_known(mount) if {
	is_bound(mount)
	regex.match(bound_files[mount.destination], mount.source)
}

is_bound(mount) if {
	mount.type_ == "bind"
	every option in mount.options {
		option in ["bind", "rbind", "private", "rprivate", "ro", "rw", "nosuid", "nodev", "noexec"]
	}
}

bound_places := {
	"/dev/shm": "/run/kata-containers/sandbox/shm",
	"/sys/kernel/config": "/sys/kernel/config",
}

bound_files := {
	"/etc/hosts": "^/run/kata-containers/shared/containers/[0-9a-f]{64}-[a-z0-9]{16}-hosts$",
	"/etc/hostname": "^/run/kata-containers/shared/containers/[0-9a-f]{64}-[a-z0-9]{16}-hostname$",
	"/etc/resolv.conf": "^/run/kata-containers/shared/containers/[0-9a-f]{64}-[a-z0-9]{16}-resolv\\.conf$",
	"/dev/termination-log": "^/run/kata-containers/shared/containers/[0-9a-f]{64}-[a-z0-9]{16}-termination-log$",
}
